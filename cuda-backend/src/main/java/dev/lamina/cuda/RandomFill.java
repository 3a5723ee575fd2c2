package dev.lamina.cuda;

import dev.lamina.type.BFloat16;
import dev.lamina.type.DType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import jcuda.driver.JCudaDriver;

/** Random numbers in device memory; the same ones again after every mebibyte. */
final class RandomFill {
  private static final int BLOCK = 1 << 20;
  private static final String ACTION = "filling matrices to measure a product with";

  private RandomFill() {}

  /** Fills a part of a memory with numbers between -1 and 1, or with bytes of any value. */
  static void fill(CudaMemory memory, long offset, long bytes, DType dtype, Lane lane) {
    int first = (int) Math.min(BLOCK, bytes);
    memory.write(offset, MemorySegment.ofArray(block(first, dtype)));
    for (long done = first; done < bytes; done *= 2) {
      long at = offset + done;
      long count = Math.min(done, bytes - done);
      CudaException.check(
          () ->
              JCudaDriver.cuMemcpyDtoDAsync(
                  memory.pointer().withByteOffset(at),
                  memory.pointer().withByteOffset(offset),
                  count,
                  lane.stream()),
          ACTION);
    }
  }

  private static byte[] block(int bytes, DType dtype) {
    SplittableRandom random = new SplittableRandom(1);
    ByteBuffer block = ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    while (block.remaining() >= dtype.bytes()) {
      switch (dtype) {
        case FP32 -> block.putFloat((float) random.nextDouble(-1, 1));
        case FP64 -> block.putDouble(random.nextDouble(-1, 1));
        case BF16 -> block.putShort(BFloat16.of((float) random.nextDouble(-1, 1)));
        case INT32 -> block.putInt(random.nextInt());
        case UINT8 -> block.put((byte) random.nextInt());
      }
    }
    return block.array();
  }
}
