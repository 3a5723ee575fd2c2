package dev.lamina.graph;

/**
 * Where a value lies that is part of a variable.
 *
 * @param offset in elements from the variable's start
 */
public record Placement(Variable variable, long offset) {}
