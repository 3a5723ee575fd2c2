package dev.lamina.cpu;

import static dev.lamina.cpu.Lanes.all;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Elementary functions of float vectors, for every float: NaN stays NaN, infinities have their
 * limits, results too small for a normal float are subnormal. Errors are below 2 ulp for exp, 3 for
 * sigmoid, 4.1 for tanh (tested over all magnitudes). Unlike the Vector API's own functions they
 * give the same bits on every machine.
 */
final class VectorMath {
  /** Adding 1.5 · 2²³ rounds a small number to an integer, which is then in the low bits. */
  private static final float MAGIC = 0x1.8p23f;

  private static final int MAGIC_BITS = Float.floatToRawIntBits(MAGIC);

  private static final float TANH_END = 7.90531110763549805f;

  /** 2 √(2/π), and that times 0.044715. */
  private static final float GELU_SCALE = 1.59576912160573f;

  private static final float GELU_CUBE = 0.0713548162726f;

  /**
   * Beyond ±10 the derivative of GELU is 0 or 1 to rounding; up to it, e<sup>−w</sup> is normal.
   */
  private static final float GELU_END = 10;

  private VectorMath() {}

  /**
   * e<sup>x</sup> = 2<sup>k</sup> e<sup>r</sup> with k = round(x / ln 2) and |r| ≤ ln 2 / 2, the
   * polynomial after Cephes' expf (Moshier). 2<sup>k</sup> is multiplied in two halves, because k
   * reaches from −150 to 128.
   */
  static FloatVector exp(FloatVector x) {
    x = x.blend(89f, x.compare(GT, 89f)); // to infinity
    x = x.blend(-104f, x.compare(LT, -104f)); // to zero
    FloatVector t = x.fma(1.44269504f, MAGIC);
    FloatVector k = t.sub(MAGIC);
    FloatVector r = k.fma(all(-0.693359375f), x); // ln 2 in two parts, the first exact times k
    r = k.fma(all(2.12194440e-4f), r);
    FloatVector p = r.fma(1.9875691500e-4f, 1.3981999507e-3f);
    p = p.fma(r, all(8.3334519073e-3f));
    p = p.fma(r, all(4.1665795894e-2f));
    p = p.fma(r, all(1.6666665459e-1f));
    p = p.fma(r, all(5.0000001201e-1f));
    p = p.fma(r.mul(r), r).add(1f);
    IntVector n = t.reinterpretAsInts().sub(MAGIC_BITS);
    IntVector half = n.lanewise(ASHR, 1);
    return p.mul(powerOfTwo(half)).mul(powerOfTwo(n.sub(half)));
  }

  /** The same for −87.4 ≤ x ≤ 88, where 2<sup>k</sup> is one normal number. */
  private static FloatVector expBounded(FloatVector x) {
    FloatVector t = x.fma(1.44269504f, MAGIC);
    FloatVector k = t.sub(MAGIC);
    FloatVector r = k.fma(all(-0.693359375f), x);
    r = k.fma(all(2.12194440e-4f), r);
    FloatVector p = r.fma(1.9875691500e-4f, 1.3981999507e-3f);
    p = p.fma(r, all(8.3334519073e-3f));
    p = p.fma(r, all(4.1665795894e-2f));
    p = p.fma(r, all(1.6666665459e-1f));
    p = p.fma(r, all(5.0000001201e-1f));
    p = p.fma(r.mul(r), r).add(1f);
    return p.mul(powerOfTwo(t.reinterpretAsInts().sub(MAGIC_BITS)));
  }

  private static FloatVector powerOfTwo(IntVector n) {
    return n.add(127).lanewise(LSHL, 23).reinterpretAsFloats();
  }

  /** 1 / (1 + e<sup>−x</sup>), for x &lt; 0 as e<sup>x</sup> / (1 + e<sup>x</sup>). */
  static FloatVector sigmoid(FloatVector x) {
    FloatVector e = exp(x.abs().neg());
    return e.blend(1f, x.compare(GE, 0f)).div(e.add(1f));
  }

  /**
   * tanh x as an odd rational function of x, of degrees 13 and 6, after Eigen's ptanh_float; beyond
   * ±7.9 it is ±1 to rounding. Tiny numbers are their own tanh.
   */
  static FloatVector tanh(FloatVector x) {
    FloatVector c = x.blend(TANH_END, x.compare(GT, TANH_END));
    c = c.blend(-TANH_END, x.compare(LT, -TANH_END));
    FloatVector z = c.mul(c);
    FloatVector p = z.fma(-2.76076847742355e-16f, 2.00018790482477e-13f);
    p = p.fma(z, all(-8.60467152213735e-11f));
    p = p.fma(z, all(5.12229709037114e-08f));
    p = p.fma(z, all(1.48572235717979e-05f));
    p = p.fma(z, all(6.37261928875436e-04f));
    p = p.fma(z, all(4.89352455891786e-03f));
    FloatVector q = z.fma(1.19825839466702e-06f, 1.18534705686654e-04f);
    q = q.fma(z, all(2.26843463243900e-03f));
    q = q.fma(z, all(4.89352518554385e-03f));
    return p.mul(c).div(q).blend(x, x.abs().compare(LT, 4e-4f));
  }

  /** x σ(w) with w = 2 √(2/π) (x + 0.044715 x³), which is GELU in its tanh form. */
  static FloatVector gelu(FloatVector x) {
    return x.mul(sigmoid(x.mul(x.mul(x).fma(GELU_CUBE, GELU_SCALE))));
  }

  /**
   * d (σ(w) + x σ(w) (1 − σ(w)) w'), where with e = exp(−|w|) and q = 1 / (1 + e) the product σ(w)
   * (1 − σ(w)) is e q² on both sides, so that nothing cancels.
   */
  static FloatVector geluGradient(FloatVector d, FloatVector x) {
    FloatVector c = x.blend(GELU_END, x.compare(GT, GELU_END));
    c = c.blend(-GELU_END, x.compare(LT, -GELU_END));
    FloatVector square = c.mul(c);
    FloatVector w = c.mul(square.fma(GELU_CUBE, GELU_SCALE));
    FloatVector e = expBounded(w.abs().neg());
    FloatVector q = all(1f).div(e.add(1f));
    FloatVector slope = c.mul(square.fma(3 * GELU_CUBE, GELU_SCALE));
    FloatVector one = e.blend(1f, c.compare(GE, 0f));
    return d.mul(q.mul(slope.mul(e).fma(q, one)));
  }

  /** max(0, x), NaN for NaN. */
  static FloatVector relu(FloatVector x) {
    return x.blend(0f, x.compare(LE, 0f));
  }

  /** d where y &gt; 0, else 0. */
  static FloatVector reluGradient(FloatVector d, FloatVector y) {
    return all(0f).blend(d, y.compare(GT, 0f));
  }

  /** d · y (1 − y). */
  static FloatVector sigmoidGradient(FloatVector d, FloatVector y) {
    return d.mul(y.mul(all(1f).sub(y)));
  }

  /** d · (1 − y²). */
  static FloatVector tanhGradient(FloatVector d, FloatVector y) {
    return d.mul(all(1f).sub(y.mul(y)));
  }

  /** −1, 0 or 1; NaN for NaN. */
  static FloatVector sign(FloatVector x) {
    return x.blend(1f, x.compare(GT, 0f)).blend(-1f, x.compare(LT, 0f));
  }
}
