package dev.lamina.oracle;

import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.BitSet;

/**
 * What an operation must give.
 *
 * @param values the elements in double precision, not yet rounded to the type
 * @param error how far each element may be off, in units of {@link Rounding#epsilon} and before it
 *     is stored; 0 for a result that must be the rounded value itself; null if even the sign of a
 *     zero must be right
 * @param mayBeZero of NaNs: which may also be 0
 */
public record Expected(TensorType type, double[] values, double[] error, BitSet mayBeZero) {
  private Expected(TensorType type, double[] values, double[] error) {
    this(type, values, error, new BitSet());
  }

  /** Elements that are moved, not computed: the same bits. */
  static Expected bits(TensorType type, double[] values) {
    return new Expected(type, values, null);
  }

  /** Elements that have one right value; zeros of either sign are equal. */
  static Expected exact(TensorType type, double[] values) {
    return new Expected(type, values, new double[values.length]);
  }

  /** Elements that rounding may move by some epsilons. */
  static Expected within(TensorType type, double[] values, double[] error) {
    return new Expected(type, values, error);
  }

  /** The same, of which these NaNs may also be 0. */
  Expected withNaNsOrZeros(BitSet which) {
    return new Expected(type, values, error, which);
  }

  /** The absolute error that an element may have. */
  public double tolerance(int i) {
    if (error == null || error[i] == 0) {
      return 0;
    }
    DType dtype = type.dtype();
    double computed = Rounding.epsilon(dtype) * error[i];
    return computed
        + Rounding.stored(dtype, Math.abs(values[i]) + computed)
        + 2 * Rounding.smallest(dtype);
  }

  /** The element as the type holds it. */
  public double rounded(int i) {
    return Rounding.round(values[i], type.dtype());
  }

  /** These elements, rounded to the type. */
  public Value value() {
    double[] data = new double[values.length];
    for (int i = 0; i < data.length; i++) {
      data[i] = rounded(i);
    }
    return new Value(type, data);
  }
}
