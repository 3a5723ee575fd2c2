package dev.lamina.cpu.jit;

import static dev.lamina.cpu.jit.Opcode.BITS;
import static dev.lamina.cpu.jit.Opcode.EQ;
import static dev.lamina.cpu.jit.Opcode.FLOAT;
import static dev.lamina.cpu.jit.Opcode.IADD;
import static dev.lamina.cpu.jit.Opcode.IADD_CONSTANT;
import static dev.lamina.cpu.jit.Opcode.IAND_CONSTANT;
import static dev.lamina.cpu.jit.Opcode.ISUB;
import static dev.lamina.cpu.jit.Opcode.ISUB_CONSTANT;
import static dev.lamina.cpu.jit.Opcode.LE;
import static dev.lamina.cpu.jit.Opcode.LT;
import static dev.lamina.cpu.jit.Opcode.SHIFT_LEFT;
import static dev.lamina.cpu.jit.Opcode.SHIFT_RIGHT;
import static dev.lamina.cpu.jit.Opcode.SHIFT_RIGHT_LOGICAL;
import static dev.lamina.cpu.jit.Opcode.SQRT;
import static dev.lamina.cpu.jit.Opcode.TO_FLOAT;
import static dev.lamina.cpu.jit.Opcode.TO_INT;

/**
 * Elementary functions of floats as arithmetic, for every float: NaN stays NaN, infinities have
 * their limits, results too small for a normal float are subnormal. Errors are those that {@link
 * dev.lamina.formula.UnaryFunction#ulps} states (tested over all magnitudes). Unlike the Vector
 * API's own functions they give the same bits on every machine.
 */
final class FloatFunctions {
  /** Adding 1.5 · 2²³ rounds a small number to an integer, which is then in the low bits. */
  private static final float MAGIC = 0x1.8p23f;

  private static final int MAGIC_BITS = Float.floatToRawIntBits(MAGIC);
  private static final float LOG2_E = 1.44269504f;

  /** ln 2 in two parts, of which the first is exact times a small integer. */
  private static final float LN2_HIGH = 0.693359375f;

  private static final float LN2_LOW = -2.12194440e-4f;

  private static final float TANH_END = 7.90531110763549805f;
  private static final float ERF_END = 4;

  /** From here on every float is an integer. */
  private static final float INTEGERS = 0x1p23f;

  private static final int SQRT_HALF_BITS = Float.floatToRawIntBits(0.70710678f);

  private final Instructions code;

  FloatFunctions(Instructions code) {
    this.code = code;
  }

  private int constant(float value) {
    return code.constant(value);
  }

  private int clamp(int x, float low, float high) {
    int below = code.whereGreater(x, high, constant(high), x);
    return code.whereLess(x, low, constant(low), below);
  }

  /** k = round(x / ln 2) with the magic number added, e^r − 1 for the rest r. */
  private record Reduced(int shifted, int power, int rest) {}

  /** The polynomial after Cephes' expf (Moshier). */
  private Reduced reduce(int x) {
    int t = code.fma(x, LOG2_E, MAGIC);
    int k = code.sub(t, constant(MAGIC));
    int r = code.fma(k, constant(-LN2_HIGH), x);
    r = code.fma(k, constant(-LN2_LOW), r);
    int p =
        code.polynomial(
            r,
            1.9875691500e-4f,
            1.3981999507e-3f,
            8.3334519073e-3f,
            4.1665795894e-2f,
            1.6666665459e-1f,
            5.0000001201e-1f);
    return new Reduced(t, k, code.fma(p, code.mul(r, r), r));
  }

  private int powerOfTwo(int n) {
    int biased = code.ints(IADD_CONSTANT, n, 127);
    return code.of(FLOAT, code.ints(SHIFT_LEFT, biased, 23));
  }

  /**
   * e<sup>x</sup> = 2<sup>k</sup> e<sup>r</sup>. 2<sup>k</sup> is multiplied in two halves, because
   * k reaches from −150 to 128.
   */
  int exp(int x) {
    return expClamped(clamp(x, -104, 89));
  }

  /** The same for x ≤ 0. */
  private int expOfNegative(int x) {
    return expClamped(code.whereLess(x, -104, constant(-104), x));
  }

  private int expClamped(int x) {
    Reduced reduced = reduce(x);
    int p = code.add(reduced.rest, constant(1));
    int n = code.ints(ISUB_CONSTANT, code.of(BITS, reduced.shifted), MAGIC_BITS);
    int half = code.ints(SHIFT_RIGHT, n, 1);
    return code.mul(code.mul(p, powerOfTwo(half)), powerOfTwo(code.of(ISUB, n, half)));
  }

  /** The same for −87.4 ≤ x ≤ 88, where 2<sup>k</sup> is one normal number. */
  int expBounded(int x) {
    Reduced reduced = reduce(x);
    int p = code.add(reduced.rest, constant(1));
    int n = code.ints(ISUB_CONSTANT, code.of(BITS, reduced.shifted), MAGIC_BITS);
    return code.mul(p, powerOfTwo(n));
  }

  /** 2<sup>k</sup> (e<sup>r</sup> − 1) + (2<sup>k</sup> − 1), halved on the way for k = 128. */
  int expm1(int x) {
    Reduced reduced = reduce(clamp(x, -18, 89));
    int n = code.ints(ISUB_CONSTANT, code.of(BITS, reduced.shifted), MAGIC_BITS);
    int half = powerOfTwo(code.ints(ISUB_CONSTANT, n, 1));
    int sum = code.fma(reduced.rest, half, code.sub(half, constant(0.5f)));
    int y = code.add(sum, sum);
    int tiny = code.abs(x);
    return code.whereLess(tiny, 1e-8f, x, y); // keeps −0 and subnormal numbers
  }

  /** 1 / (1 + e<sup>−x</sup>), for x &lt; 0 as e<sup>x</sup> / (1 + e<sup>x</sup>). */
  int sigmoid(int x) {
    int e = expOfNegative(code.neg(code.abs(x)));
    int top = code.select(code.of(LE, constant(0), x), constant(1), e);
    return code.div(top, code.add(e, constant(1)));
  }

  /**
   * tanh x as an odd rational function of x, of degrees 13 and 6, after Eigen's ptanh_float; beyond
   * ±7.9 it is ±1 to rounding. Tiny numbers are their own tanh.
   */
  int tanh(int x) {
    int c = clamp(x, -TANH_END, TANH_END);
    int z = code.mul(c, c);
    int p =
        code.polynomial(
            z,
            -2.76076847742355e-16f,
            2.00018790482477e-13f,
            -8.60467152213735e-11f,
            5.12229709037114e-08f,
            1.48572235717979e-05f,
            6.37261928875436e-04f,
            4.89352455891786e-03f);
    int q =
        code.polynomial(
            z,
            1.19825839466702e-06f,
            1.18534705686654e-04f,
            2.26843463243900e-03f,
            4.89352518554385e-03f);
    return code.whereLess(code.abs(x), 4e-4f, x, code.div(code.mul(p, c), q));
  }

  /** An odd rational function of x, of degrees 13 and 8, after Eigen's erf. */
  int erf(int x) {
    int c = clamp(x, -ERF_END, ERF_END);
    int z = code.mul(c, c);
    int p =
        code.polynomial(
            z,
            -2.72614225801306e-10f,
            2.77068142495902e-08f,
            -2.10102402082508e-06f,
            -5.69250639462346e-05f,
            -7.34990630326855e-04f,
            -2.95459980854025e-03f,
            -1.60960333262415e-02f);
    int q =
        code.polynomial(
            z,
            -1.45660718464996e-05f,
            -2.13374055278905e-04f,
            -1.68282697438203e-03f,
            -7.37332916720468e-03f,
            -1.42647390514189e-02f);
    int y = code.div(code.mul(p, c), q);
    int small = code.mul(x, constant((float) (2 / Math.sqrt(Math.PI))));
    return code.whereLess(code.abs(x), 1e-4f, small, y);
  }

  /**
   * ln x = k ln 2 + ln m with √½ ≤ m &lt; √2, the polynomial after Cephes' logf (Moshier);
   * subnormal numbers are scaled before.
   */
  int log(int x) {
    int tiny = code.of(LT, x, constant(Float.MIN_NORMAL));
    int scaled = code.select(tiny, code.mul(x, constant(0x1p24f)), x);
    int offset = code.ints(ISUB_CONSTANT, code.of(BITS, scaled), SQRT_HALF_BITS);
    int k = code.of(TO_FLOAT, code.ints(SHIFT_RIGHT, offset, 23));
    k = code.sub(k, code.select(tiny, constant(24), constant(0)));
    int mantissa = code.ints(IAND_CONSTANT, offset, 0x7FFFFF);
    int m =
        code.sub(code.of(FLOAT, code.ints(IADD_CONSTANT, mantissa, SQRT_HALF_BITS)), constant(1));
    int z = code.mul(m, m);
    int p =
        code.polynomial(
            m,
            7.0376836292e-2f,
            -1.1514610310e-1f,
            1.1676998740e-1f,
            -1.2420140846e-1f,
            1.4249322787e-1f,
            -1.6668057665e-1f,
            2.0000714765e-1f,
            -2.4999993993e-1f,
            3.3333331174e-1f);
    int y = code.mul(code.mul(p, m), z);
    y = code.fma(k, constant(LN2_LOW), y);
    y = code.fma(z, constant(-0.5f), y);
    y = code.fma(k, constant(LN2_HIGH), code.add(m, y));
    int infinity = constant(Float.POSITIVE_INFINITY);
    y = code.select(code.of(LT, x, infinity), y, x); // infinity and NaN are their own logarithm
    int edge = code.whereLess(x, 0, constant(Float.NaN), constant(Float.NEGATIVE_INFINITY));
    return code.select(code.of(LE, x, constant(0)), edge, y);
  }

  /** ln u · x / (u − 1) with u = 1 + x rounded (Kahan), which is as exact as the logarithm. */
  int log1p(int x) {
    int u = code.add(x, constant(1));
    int y = code.mul(log(u), code.div(x, code.sub(u, constant(1))));
    y = code.select(code.of(LT, u, constant(Float.POSITIVE_INFINITY)), y, u);
    return code.select(code.of(EQ, u, constant(1)), x, y);
  }

  int rsqrt(int x) {
    return code.div(constant(1), code.of(SQRT, x));
  }

  /** −1, 0 or 1; NaN for NaN. */
  int sign(int x) {
    int above = code.whereGreater(x, 0, constant(1), x);
    return code.whereLess(x, 0, constant(-1), above);
  }

  int floor(int x) {
    int whole = code.of(TO_FLOAT, code.of(TO_INT, x));
    int floor = code.select(code.of(LT, x, whole), code.sub(whole, constant(1)), whole);
    return code.whereLess(code.abs(x), INTEGERS, floor, x);
  }

  /** To BF16: to nearest, ties to even; NaN stays. */
  int roundToBf16(int x) {
    int bits = code.of(BITS, x);
    int odd = code.ints(IAND_CONSTANT, code.ints(SHIFT_RIGHT_LOGICAL, bits, 16), 1);
    int up = code.ints(IADD_CONSTANT, code.of(IADD, bits, odd), 0x7FFF);
    int rounded = code.of(FLOAT, code.ints(IAND_CONSTANT, up, 0xFFFF0000));
    return code.select(code.of(EQ, x, x), rounded, x);
  }

  /** Truncated; NaN becomes 0. */
  int roundToInt(int x) {
    return code.of(TO_FLOAT, code.of(TO_INT, x));
  }

  int roundToByte(int x) {
    return clamp(roundToInt(x), 0, 255);
  }
}
