package dev.lamina.cpu;

import static dev.lamina.cpu.Lanes.F;
import static dev.lamina.cpu.Lanes.ORDER;
import static dev.lamina.cpu.Lanes.V;
import static dev.lamina.cpu.Lanes.load;
import static dev.lamina.cpu.Lanes.rest;
import static dev.lamina.cpu.Lanes.store;

import dev.lamina.op.Activation;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.VectorMask;

/** The gradient of activations; a loop for each, as in {@link VectorMaps}. */
final class VectorGradients {
  private VectorGradients() {}

  static Task activateGradient(Activation activation, Buffer dY, Buffer y, Buffer dX) {
    MemorySegment d = dY.segment();
    MemorySegment f = y.segment();
    MemorySegment z = dX.segment();
    return Tasks.of(
        Cut.elements(dX.type().size()),
        (chunk, from, to) -> gradient(activation, d, f, z, 4 * from, (int) (to - from)));
  }

  private static void gradient(
      Activation activation, MemorySegment d, MemorySegment y, MemorySegment z, long at, int n) {
    int whole = F.loopBound(n);
    switch (activation) {
      case IDENTITY -> MemorySegment.copy(d, at, z, at, 4L * whole);
      case RELU -> relu(d, y, z, at, whole);
      case SIGMOID -> sigmoid(d, y, z, at, whole);
      case TANH -> tanh(d, y, z, at, whole);
      case GELU -> gelu(d, y, z, at, whole);
    }
    if (whole < n) {
      VectorMask<Float> mask = rest(whole, n);
      long end = at + 4L * whole;
      store(VectorColumns.apply(activation, load(d, end, mask), load(y, end, mask)), z, end, mask);
    }
  }

  private static void relu(MemorySegment d, MemorySegment y, MemorySegment z, long at, int n) {
    for (int i = 0; i < n; i += V) {
      long in = at + 4L * i;
      store(VectorMath.reluGradient(load(d, in), load(y, in)), z, in);
    }
  }

  private static void sigmoid(MemorySegment d, MemorySegment y, MemorySegment z, long at, int n) {
    for (int i = 0; i < n; i += V) {
      long in = at + 4L * i;
      store(VectorMath.sigmoidGradient(load(d, in), load(y, in)), z, in);
    }
  }

  private static void tanh(MemorySegment d, MemorySegment y, MemorySegment z, long at, int n) {
    for (int i = 0; i < n; i += V) {
      long in = at + 4L * i;
      store(VectorMath.tanhGradient(load(d, in), load(y, in)), z, in);
    }
  }

  // Stored without a method of ours in between, as in VectorMaps.
  private static void gelu(MemorySegment d, MemorySegment x, MemorySegment z, long at, int n) {
    for (int i = 0; i < n; i += V) {
      long in = at + 4L * i;
      VectorMath.geluGradient(load(d, in), load(x, in)).intoMemorySegment(z, in, ORDER);
    }
  }
}
