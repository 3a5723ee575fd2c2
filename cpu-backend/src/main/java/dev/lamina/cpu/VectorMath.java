package dev.lamina.cpu;

import static dev.lamina.cpu.Lanes.all;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * The exponential of float vectors, for softmax: for every float, NaN stays NaN, infinities have
 * their limits, results too small for a normal float are subnormal. Errors are below 2 ulp. Unlike
 * the Vector API's own function it gives the same bits on every machine.
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
}
