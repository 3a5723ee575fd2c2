/**
 * Symbolic computation: a graph of operations over values of known type, and its differentiation.
 */
package dev.lamina.graph;
