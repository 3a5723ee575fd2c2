package dev.lamina.suite;

import dev.lamina.type.Shape;
import java.util.ArrayList;
import java.util.List;

/** Pairs of shapes for operations with two operands. */
final class CasePairs {
  private final List<Shape[]> pairs = new ArrayList<>();

  void add(Shape first, Shape second) {
    pairs.add(new Shape[] {first, second});
  }

  /** Adds the pair in both orders. */
  void both(Shape first, Shape second) {
    add(first, second);
    if (!first.equals(second)) {
      add(second, first);
    }
  }

  List<Shape[]> list() {
    return pairs;
  }
}
