package dev.lamina.cpu;

import static dev.lamina.cpu.Lanes.F;
import static dev.lamina.cpu.Lanes.ORDER;
import static dev.lamina.cpu.Lanes.V;
import static dev.lamina.cpu.Lanes.load;
import static dev.lamina.cpu.Lanes.rest;
import static dev.lamina.cpu.Lanes.store;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;

import dev.lamina.op.GatherRows;
import dev.lamina.type.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** Gathering rows with a conversion: grey values to floats, floats scaled and shifted. */
final class VectorGather {
  /** As many bytes as a vector has floats; unused where that is less than the smallest vector. */
  private static final VectorSpecies<Byte> B =
      V == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

  private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;

  private VectorGather() {}

  /** Whether there is a loop for it here. */
  static boolean has(GatherRows op, DType data) {
    return op.to() == DType.FP32
        && (data == DType.FP32 ? op.scale() != 1 || op.shift() != 0 : isGrey(data));
  }

  private static boolean isGrey(DType data) {
    return data == DType.UINT8 && B.length() == V;
  }

  static Task gather(GatherRows op, Buffer data, Buffer indices, Buffer y) {
    MemorySegment in = data.segment();
    MemorySegment out = y.segment();
    float scale = (float) op.scale();
    float shift = (float) op.shift();
    return PlainData.rows(
        data,
        indices,
        data.type().dtype() == DType.UINT8
            ? (from, to, n) -> grey(in, from, out, 4 * to, n, scale, shift)
            : (from, to, n) -> scaled(in, 4 * from, out, 4 * to, n, scale, shift));
  }

  private static void grey(
      MemorySegment x, long from, MemorySegment y, long to, int n, float scale, float shift) {
    int i = 0;
    for (; i < F.loopBound(n); i += V) {
      FloatVector v =
          (FloatVector)
              ByteVector.fromMemorySegment(B, x, from + i, ORDER)
                  .convertShape(ZERO_EXTEND_B2I, I, 0)
                  .convertShape(I2F, F, 0);
      store(v.fma(scale, shift), y, to + 4L * i);
    }
    for (; i < n; i++) {
      float v = x.get(ValueLayout.JAVA_BYTE, from + i) & 0xFF;
      y.set(ValueLayout.JAVA_FLOAT, to + 4L * i, Math.fma(v, scale, shift));
    }
  }

  private static void scaled(
      MemorySegment x, long from, MemorySegment y, long to, int n, float scale, float shift) {
    int i = 0;
    for (; i < F.loopBound(n); i += V) {
      store(load(x, from + 4L * i).fma(scale, shift), y, to + 4L * i);
    }
    if (i < n) {
      VectorMask<Float> mask = rest(i, n);
      store(load(x, from + 4L * i, mask).fma(scale, shift), y, to + 4L * i, mask);
    }
  }
}
