/** Native libraries out of jars: found, unpacked once per user, verified. */
package dev.lamina.cpu.natives;
