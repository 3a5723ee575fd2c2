/**
 * Layers and models. A layer describes its computation to a graph and its parameters to a layout;
 * it computes nothing itself.
 */
package dev.lamina.nn;
