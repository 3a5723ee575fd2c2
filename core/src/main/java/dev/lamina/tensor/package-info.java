/**
 * Eager tensors: computing directly, one operation at a time, on any backend, with the same kernels
 * as programs.
 */
package dev.lamina.tensor;
