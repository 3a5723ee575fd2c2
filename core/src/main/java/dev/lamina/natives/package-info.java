/**
 * Where backends keep the native libraries that they unpack, so that nobody can have them load
 * others. Only Lamina's own backends use this package; it has no native code itself.
 */
package dev.lamina.natives;
