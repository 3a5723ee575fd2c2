/**
 * Whole programs on every backend: gradients of networks, training runs, what is kept and named.
 */
package dev.lamina.training;
