package dev.lamina.cuda;

import dev.lamina.backend.Operand;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.JCudaDriver;

/**
 * Matrices to measure a product with, as its own may hold what must not be lost, or nothing yet:
 * all ones, the bias zeros.
 */
final class TuningMatrices implements AutoCloseable {
  private static final int ONE = Float.floatToRawIntBits(1);
  private static final int NAN = Float.floatToRawIntBits(Float.NaN);
  private static final String ACTION = "filling matrices to measure a product with";

  private final CudaMemory memory;
  private final Lane lane;
  private final Step.Product product;
  private final long biasOffset;

  TuningMatrices(CudaBackend backend, Step.Product like) {
    long a = bytes(like.m(), like.k());
    long b = bytes(like.k(), like.n());
    long d = bytes(like.m(), like.n());
    biasOffset = a + b + d;
    lane = backend.lanes(1).getFirst();
    memory =
        (CudaMemory)
            backend.allocate("matrices to measure a product with", biasOffset + bytes(1, like.n()));
    long start = memory.address();
    product = like.at(start, start + a, start + a + b);
    try {
      fill(0, biasOffset, ONE);
      bias(0);
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  private static long bytes(long rows, long columns) {
    return Geometry.ceil(rows * columns * Float.BYTES, Operand.ALIGNMENT) * Operand.ALIGNMENT;
  }

  /** The product of these matrices. */
  Step.Product product() {
    return product;
  }

  /** The address of the bias. */
  long bias() {
    return memory.address() + biasOffset;
  }

  /** The launch that adds a bias to D, on these matrices. */
  Step.Launch moved(Step.Launch biasActivate) {
    List<Argument> arguments = new ArrayList<>(biasActivate.arguments());
    arguments.set(0, Argument.address(bias()));
    arguments.set(1, Argument.address(product.d()));
    return new Step.Launch(
        biasActivate.module(),
        biasActivate.kernel(),
        biasActivate.gridX(),
        biasActivate.gridY(),
        arguments);
  }

  /** Whether an epilogue leaves NaN as it is: ReLU by max(x, 0) may make it 0. */
  boolean keepsNaN(Work work) {
    bias(NAN);
    try {
      work.enqueue(lane);
      float[] row = new float[product.n()];
      long d = product.d() - memory.address();
      for (long i : new long[] {0, product.m() - 1}) {
        memory.read(d + i * product.n() * Float.BYTES, MemorySegment.ofArray(row));
        for (float value : row) {
          if (!Float.isNaN(value)) {
            return false;
          }
        }
      }
      return true;
    } finally {
      bias(0);
      fill(product.d() - memory.address(), bytes(product.m(), product.n()), ONE);
    }
  }

  private void bias(int bits) {
    fill(biasOffset, bytes(1, product.n()), bits);
  }

  private void fill(long offset, long bytes, int bits) {
    CudaException.check(
        () ->
            JCudaDriver.cuMemsetD32Async(
                memory.pointer().withByteOffset(offset),
                bits,
                bytes / Integer.BYTES,
                lane.stream()),
        ACTION);
  }

  @Override
  public void close() {
    memory.close();
  }
}
