package dev.lamina.suite;

import dev.lamina.oracle.Expected;
import dev.lamina.oracle.Rounding;
import dev.lamina.oracle.Value;
import dev.lamina.type.Shape;

/** Holds what came against what was expected. */
final class Comparison {
  private Comparison() {}

  /** Describes the first element that is wrong and how many are, or null if none is. */
  static String mismatch(Expected expected, Value got) {
    int wrong = 0;
    int first = -1;
    for (int i = 0; i < got.size(); i++) {
      if (!accepts(expected, i, got.data()[i])) {
        first = wrong++ == 0 ? i : first;
      }
    }
    return wrong == 0
        ? null
        : "at "
            + index(expected.type().shape(), first)
            + " expected "
            + expected.rounded(first)
            + " ± "
            + expected.tolerance(first)
            + ", got "
            + got.data()[first]
            + " ("
            + wrong
            + " of "
            + got.size()
            + " wrong)";
  }

  static boolean accepts(Expected expected, int i, double got) {
    double value = expected.rounded(i);
    if (expected.error() == null) {
      return Double.doubleToLongBits(value) == Double.doubleToLongBits(got);
    }
    if (Double.isInfinite(expected.error()[i])) {
      return true; // the expression is so ill-conditioned here that it says nothing
    }
    if (Double.isNaN(value) || Double.isNaN(got)) {
      return Double.isNaN(value) && (Double.isNaN(got) || got == 0 && expected.mayBeZero().get(i));
    }
    if (value == got) {
      return true;
    }
    double exact = expected.values()[i];
    double tolerance = expected.tolerance(i);
    if (Double.isInfinite(got)) {
      // Rounding may carry a number over the edge of the range.
      return Double.isFinite(exact)
          && Math.signum(exact) == Math.signum(got)
          && Math.abs(exact) + tolerance >= Rounding.largest(expected.type().dtype());
    }
    return Math.abs(got - exact) <= tolerance;
  }

  private static String index(Shape shape, int flat) {
    if (shape.rank() < 2) {
      return "[" + (shape.rank() == 0 ? "" : flat) + "]";
    }
    return "[" + flat / shape.columns() + ", " + flat % shape.columns() + "]";
  }
}
