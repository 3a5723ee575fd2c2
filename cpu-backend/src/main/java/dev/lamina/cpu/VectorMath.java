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
 * limits, results too small for a normal float are subnormal. Errors are below 3 ulp (tested over
 * all magnitudes). Unlike the Vector API's own functions they give the same bits on every machine.
 */
final class VectorMath {
  /** Adding 1.5 · 2²³ rounds a small number to an integer, which is then in the low bits. */
  private static final float MAGIC = 0x1.8p23f;

  private static final int MAGIC_BITS = Float.floatToRawIntBits(MAGIC);

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

  private static FloatVector powerOfTwo(IntVector n) {
    return n.add(127).lanewise(LSHL, 23).reinterpretAsFloats();
  }

  /** 1 / (1 + e<sup>−x</sup>), for x &lt; 0 as e<sup>x</sup> / (1 + e<sup>x</sup>). */
  static FloatVector sigmoid(FloatVector x) {
    FloatVector e = exp(x.abs().neg());
    return e.blend(1f, x.compare(GE, 0f)).div(e.add(1f));
  }

  /**
   * tanh x: for |x| &lt; 0.625 an odd polynomial after Cephes' tanhf (Moshier), else 1 − 2 / (1 +
   * e<sup>2|x|</sup>).
   */
  static FloatVector tanh(FloatVector x) {
    FloatVector magnitude = x.abs();
    FloatVector large = all(1f).sub(all(2f).div(exp(magnitude.add(magnitude)).add(1f)));
    large = large.blend(large.neg(), x.compare(LT, 0f));
    FloatVector z = x.mul(x);
    FloatVector p = z.fma(-5.70498872745e-3f, 2.06390887954e-2f);
    p = p.fma(z, all(-5.37397155531e-2f));
    p = p.fma(z, all(1.33314422036e-1f));
    p = p.fma(z, all(-3.33332819422e-1f));
    FloatVector small = p.mul(z).fma(x, x);
    return large.blend(small, magnitude.compare(LT, 0.625f));
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
