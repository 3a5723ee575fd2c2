/** Several threads in one test. */
package dev.lamina.threads;
