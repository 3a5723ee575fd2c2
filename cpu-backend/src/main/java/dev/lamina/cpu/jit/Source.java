package dev.lamina.cpu.jit;

import dev.lamina.formula.Node;

/** Where a number that a kernel reads comes from. */
public sealed interface Source {
  /** An element of an input, or a number of a SINGLE. */
  record Operand(int input, int element) implements Source {}

  /** A constant of the formula: read, so that formulas with other constants share the code. */
  record Constant(double value) implements Source {}

  /** 1 for the elements before a position, else 0. */
  record Before(long end) implements Source {}

  /** Where the element is. */
  record Position(Node.Axis axis) implements Source {}

  /** A random number. */
  record Random(int clock, int stream) implements Source {}
}
