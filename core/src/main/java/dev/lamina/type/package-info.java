/** Shapes and element types: what a tensor is before it has any memory. */
package dev.lamina.type;
