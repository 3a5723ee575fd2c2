package dev.lamina.cuda;

import dev.lamina.backend.Operand;
import dev.lamina.type.BFloat16;
import dev.lamina.type.DType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.JCudaDriver;

/**
 * Matrices to measure a product with, as its own may hold what must not be lost, or nothing yet:
 * all ones, the bias zeros.
 */
final class TuningMatrices implements AutoCloseable {
  private static final String ACTION = "filling matrices to measure a product with";

  private final CudaMemory memory;
  private final Lane lane;
  private final Step.Product product;
  private final long biasOffset;

  TuningMatrices(CudaBackend backend, Step.Product like) {
    long a = bytes(like.operands(), like.m(), like.k());
    long b = bytes(like.operands(), like.k(), like.n());
    long d = bytes(like.result(), like.m(), like.n());
    biasOffset = a + b + d;
    lane = backend.lanes(1).getFirst();
    memory =
        (CudaMemory)
            backend.allocate(
                "matrices to measure a product with",
                biasOffset + bytes(like.result(), 1, like.n()));
    long start = memory.address();
    product = like.at(start, start + a, start + a + b);
    try {
      fill(0, a + b, bits(like.operands(), 1));
      fill(a + b, d, bits(like.result(), 1));
      bias(0);
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  private static long bytes(DType dtype, long rows, long columns) {
    return Geometry.ceil(rows * columns * dtype.bytes(), Operand.ALIGNMENT) * Operand.ALIGNMENT;
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
    bias(Float.NaN);
    try {
      work.enqueue(lane);
      return isNan(0) && isNan(product.m() - 1);
    } finally {
      bias(0);
      long d = bytes(product.result(), product.m(), product.n());
      fill(product.d() - memory.address(), d, bits(product.result(), 1));
    }
  }

  /** Whether a row of D is nothing but NaN. */
  private boolean isNan(long row) {
    DType dtype = product.result();
    byte[] bytes = new byte[product.n() * dtype.bytes()];
    memory.read(product.d() - memory.address() + row * bytes.length, MemorySegment.ofArray(bytes));
    ByteBuffer elements = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    while (elements.hasRemaining()) {
      float element =
          dtype == DType.BF16 ? BFloat16.toFloat(elements.getShort()) : elements.getFloat();
      if (!Float.isNaN(element)) {
        return false;
      }
    }
    return true;
  }

  private void bias(float value) {
    fill(biasOffset, bytes(product.result(), 1, product.n()), bits(product.result(), value));
  }

  /** Four bytes of elements of one value. */
  private static int bits(DType dtype, float value) {
    int half = Short.toUnsignedInt(BFloat16.of(value));
    return dtype == DType.BF16 ? half << 16 | half : Float.floatToRawIntBits(value);
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
