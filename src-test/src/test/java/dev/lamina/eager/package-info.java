/** Eager tensors on every backend. */
package dev.lamina.eager;
