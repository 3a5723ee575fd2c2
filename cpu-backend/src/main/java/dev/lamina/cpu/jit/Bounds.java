package dev.lamina.cpu.jit;

import dev.lamina.formula.BinaryFunction;
import dev.lamina.formula.Formula;
import dev.lamina.formula.Node;
import dev.lamina.formula.UnaryFunction;

/**
 * Between which numbers a node's value lies whatever the inputs are, as far as clamping shows it;
 * NaN aside. It tells where a shorter exponential will do.
 */
final class Bounds {
  private final double[] low;
  private final double[] high;

  private Bounds(int size) {
    low = new double[size];
    high = new double[size];
  }

  static Bounds of(Formula formula) {
    Bounds bounds = new Bounds(formula.nodes().size());
    for (int i = 0; i < bounds.low.length; i++) {
      bounds.set(i, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
      bounds.derive(i, formula.nodes().get(i));
    }
    return bounds;
  }

  /** Whether a node's value lies between two numbers, by a margin for rounding. */
  boolean within(int node, double from, double to) {
    return low[node] >= from && high[node] <= to;
  }

  private void set(int i, double from, double to) {
    low[i] = from;
    high[i] = to;
  }

  private void derive(int i, Node node) {
    switch (node) {
      case Node.Constant(double value) -> set(i, value, value);
      case Node.Unary(UnaryFunction f, int x) when f == UnaryFunction.NEGATE ->
          set(i, -high[x], -low[x]);
      case Node.Unary(UnaryFunction f, int x) when f == UnaryFunction.ABS ->
          set(i, 0, Math.max(-low[x], high[x]));
      case Node.Binary(BinaryFunction f, int a, int b) -> binary(i, f, a, b);
      case Node.Fma(int a, int b, int c) -> {
        product(i, a, b);
        set(i, low[i] + low[c], high[i] + high[c]);
      }
      default -> {}
    }
    if (Double.isNaN(low[i]) || Double.isNaN(high[i])) {
      set(i, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    }
  }

  private void binary(int i, BinaryFunction f, int a, int b) {
    switch (f) {
      case ADD -> set(i, low[a] + low[b], high[a] + high[b]);
      case SUBTRACT -> set(i, low[a] - high[b], high[a] - low[b]);
      case MULTIPLY -> product(i, a, b);
      case MINIMUM -> set(i, Math.min(low[a], low[b]), Math.min(high[a], high[b]));
      case MAXIMUM -> set(i, Math.max(low[a], low[b]), Math.max(high[a], high[b]));
      case DIVIDE, POWER -> {}
    }
  }

  private void product(int i, int a, int b) {
    if (a == b) {
      double end = Math.max(Math.abs(low[a]), Math.abs(high[a]));
      set(i, 0, end * end);
      return;
    }
    double[] corners = {low[a] * low[b], low[a] * high[b], high[a] * low[b], high[a] * high[b]};
    set(
        i,
        Math.min(Math.min(corners[0], corners[1]), Math.min(corners[2], corners[3])),
        Math.max(Math.max(corners[0], corners[1]), Math.max(corners[2], corners[3])));
  }
}
