/**
 * The CPU backend: a pool of workers, off-heap memory, and a ladder of implementations for matrix
 * products (oneDNN, the Vector API, plain Java) and for everything else (the Vector API, plain
 * Java).
 */
package dev.lamina.cpu;
