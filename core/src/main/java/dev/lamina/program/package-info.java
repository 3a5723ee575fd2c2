/**
 * From a graph to something that runs: dead nodes are dropped, operations fused, every value given
 * its place in one slab, and the result bound to a backend.
 */
package dev.lamina.program;
