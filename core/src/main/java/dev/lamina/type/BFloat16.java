package dev.lamina.type;

/**
 * Conversions of {@link DType#BF16}, the upper half of an FP32 number. All roundings are to
 * nearest, ties to even; NaN stays NaN.
 */
public final class BFloat16 {
  /** The quiet NaN that every NaN becomes. */
  private static final short NAN = 0x7FC0;

  private BFloat16() {}

  /** The number that these 16 bits stand for; exact. */
  public static float toFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** The numbers that these stand for; exact. */
  public static float[] toFloats(short[] bits) {
    float[] values = new float[bits.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = toFloat(bits[i]);
    }
    return values;
  }

  /** The nearest BF16 number. */
  public static short of(float value) {
    if (Float.isNaN(value)) {
      return NAN;
    }
    int bits = Float.floatToRawIntBits(value);
    return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
  }

  /** The nearest BF16 number, rounded once. */
  public static short of(double value) {
    // Rounding twice could break a tie the wrong way, so the first one is to odd (Boldo and
    // Melquiond, 2008): towards 0, and the last bit set if anything was lost.
    float nearest = (float) value;
    int bits = Float.floatToRawIntBits(nearest);
    if (Math.abs((double) nearest) > Math.abs(value)) {
      bits--;
    }
    if (nearest != value) {
      bits |= 1;
    }
    return of(Double.isNaN(value) ? Float.NaN : Float.intBitsToFloat(bits));
  }
}
