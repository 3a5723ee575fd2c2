package dev.lamina.formula;

import dev.lamina.type.DType;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * The numbers that a computed value may be: those from {@code low} to {@code high}, and NaN if
 * {@code nan}. NaN alone has NaN at both ends.
 */
public record Range(double low, double high, boolean nan) {
  /** Any number. */
  public static final Range ANY =
      new Range(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, true);

  /** Exactly one number, which may be NaN. */
  public static Range of(double value) {
    return new Range(value, value, Double.isNaN(value));
  }

  /** Whether a number lies in it. */
  public boolean contains(double value) {
    return Double.isNaN(value) ? nan : low <= value && value <= high;
  }

  /** Whether it is one number, or NaN alone. */
  public boolean isPoint() {
    return Double.isNaN(low) || low == high && !nan;
  }

  private boolean isNaN() {
    return Double.isNaN(low);
  }

  private boolean hasInfinity() {
    return Double.isInfinite(low) || Double.isInfinite(high);
  }

  private boolean hasZero() {
    return low <= 0 && high >= 0;
  }

  /** The numbers of both. */
  Range or(Range other) {
    if (isNaN() || other.isNaN()) {
      Range numbers = isNaN() ? other : this;
      return new Range(numbers.low, numbers.high, true);
    }
    return new Range(Math.min(low, other.low), Math.max(high, other.high), nan || other.nan);
  }

  /** What a function that rises or falls everywhere makes of it. */
  Range monotone(DoubleUnaryOperator f) {
    return isNaN() ? this : of(f.applyAsDouble(low)).or(of(f.applyAsDouble(high))).orNaN(nan);
  }

  private Range orNaN(boolean more) {
    return more ? new Range(low, high, true) : this;
  }

  Range absolute() {
    Range ends = monotone(Math::abs);
    return hasZero() ? new Range(0, ends.high, nan) : ends;
  }

  /** What a function that rises or falls in each operand makes of two ranges. */
  private static Range corners(DoubleBinaryOperator f, Range a, Range b) {
    if (a.isNaN() || b.isNaN()) {
      return of(Double.NaN);
    }
    Range all =
        of(f.applyAsDouble(a.low, b.low))
            .or(of(f.applyAsDouble(a.low, b.high)))
            .or(of(f.applyAsDouble(a.high, b.low)))
            .or(of(f.applyAsDouble(a.high, b.high)));
    return all.orNaN(a.nan || b.nan);
  }

  static Range apply(BinaryFunction f, Range a, Range b) {
    if (a.isPoint() && b.isPoint()) {
      return of(f.value(a.low, b.low));
    }
    return switch (f) {
      case ADD, SUBTRACT, MINIMUM, MAXIMUM -> corners(f::value, a, b);
      case MULTIPLY ->
          corners(f::value, a, b)
              .orNaN(a.hasZero() && b.hasInfinity() || a.hasInfinity() && b.hasZero());
      case DIVIDE -> b.hasZero() ? ANY : corners(f::value, a, b);
      case POWER -> a.low > 0 ? corners(f::value, a, b) : ANY;
    };
  }

  static Range apply(UnaryFunction f, Range x) {
    if (x.isPoint()) {
      return of(f.value(x.low));
    }
    if (f == UnaryFunction.ABS) {
      return x.absolute();
    }
    double start = start(f);
    return x.low < start && start <= x.high
        ? new Range(start, x.high, true).monotone(f::value)
        : x.monotone(f::value);
  }

  /** Where a function begins that is NaN below. */
  private static double start(UnaryFunction f) {
    return switch (f) {
      case SQRT, RSQRT, LOG -> 0;
      case LOG1P -> -1;
      default -> Double.NEGATIVE_INFINITY;
    };
  }

  /** a · b + c; a · b of doubles that hold single precision numbers is exact. */
  static Range fma(Range a, Range b, Range c) {
    if (a.isPoint() && b.isPoint() && c.isPoint()) {
      return of(Math.fma(a.low, b.low, c.low));
    }
    Range product = apply(BinaryFunction.MULTIPLY, a, b);
    return apply(BinaryFunction.ADD, product, c).widened(0x1p-52);
  }

  /** A condition: from 0 to 1. */
  static Range compare(Comparison comparison, Range a, Range b) {
    boolean nan = a.nan || b.nan;
    boolean onlyNaN = a.isNaN() || b.isNaN();
    boolean canHold;
    boolean canFail;
    switch (comparison) {
      case LESS -> {
        canHold = a.low < b.high;
        canFail = nan || a.high >= b.low;
      }
      case LESS_EQUAL -> {
        canHold = a.low <= b.high;
        canFail = nan || a.high > b.low;
      }
      case EQUAL -> {
        canHold = !onlyNaN && a.low <= b.high && b.low <= a.high;
        canFail = nan || !(a.isPoint() && b.isPoint() && a.low == b.low);
      }
      case NOT_EQUAL -> {
        canHold = nan || !(a.isPoint() && b.isPoint() && a.low == b.low);
        canFail = !onlyNaN && a.low <= b.high && b.low <= a.high;
      }
      default -> throw new AssertionError(comparison);
    }
    return new Range(canFail ? 0 : 1, canHold ? 1 : 0, false);
  }

  static Range select(Range test, Range a, Range b) {
    return test.low == 1 ? a : test.high == 0 ? b : a.or(b);
  }

  /** Wider by a relative error, which an infinite end does not have. */
  Range widened(double relative) {
    return new Range(low - spread(low, relative), high + spread(high, relative), nan);
  }

  private static double spread(double end, double relative) {
    return Double.isInfinite(end) ? 0 : Math.abs(end) * relative;
  }

  /**
   * What rounding a computed result to a type may make of it.
   *
   * @param ulps the error of the function in units in the last place
   * @param tiny by how much results near 0 may be off beside that
   */
  Range computed(DType type, double ulps, double tiny) {
    if (isNaN() || ulps == 0) {
      return this;
    }
    boolean single = type == DType.FP32;
    // For FP64 the evaluation in double has an error of its own.
    Range wide = widened(ulps * (single ? 0x1p-23 : 0x1p-51));
    double from = Double.isInfinite(low) ? low : wide.low - tiny;
    double to = Double.isInfinite(high) ? high : wide.high + tiny;
    double max = single ? Float.MAX_VALUE : Double.MAX_VALUE;
    return new Range(overflow(from, max, -1), overflow(to, max, 1), nan);
  }

  /** An end beyond the largest number: infinite outwards, else the largest number. */
  private static double overflow(double end, double max, int outwards) {
    if (Double.isInfinite(end) || Math.abs(end) < max) {
      return end;
    }
    return Math.signum(end) == outwards ? end * Double.POSITIVE_INFINITY : Math.copySign(max, end);
  }

  /** What being stored in a type and read again makes of it. */
  Range stored(DType type) {
    Range rounded = monotone(x -> Evaluation.round(type, x));
    if (type.isFloating() || !nan) {
      return rounded;
    }
    Range zero = of(0); // what NaN becomes
    return isNaN() ? zero : new Range(rounded.low, rounded.high, false).or(zero);
  }
}
