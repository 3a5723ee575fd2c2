package dev.lamina.backend;

import dev.lamina.op.Fill;
import dev.lamina.op.Op;
import java.util.Arrays;
import java.util.List;

/**
 * An open device: an allocator and the operations.
 *
 * <p>Any number of threads may use a backend and what it made. They take turns: each run of an
 * executable, each copy from or to the host and each compilation is done as a whole before those of
 * other threads, which wait for it. Closing waits for what other threads have begun; who uses
 * afterwards what was closed gets an {@link IllegalStateException}.
 */
public interface Backend extends AutoCloseable {
  /** Which device this is. */
  Device device();

  /** In which number formats it was opened to train; FP32 where it has no others. */
  default Precision precision() {
    return Precision.FP32;
  }

  /**
   * How many bytes can still be allocated, less what the backend will yet take for itself; {@link
   * Long#MAX_VALUE} if that is not known. Other programs may use the same memory, so it is an
   * estimate.
   */
  default long freeBytes() {
    return Long.MAX_VALUE;
  }

  /**
   * Allocates device memory, aligned to {@link Operand#ALIGNMENT}.
   *
   * @param label what it is for, for messages
   * @param bytes its size, from 1
   * @throws dev.lamina.LaminaException if there is not enough; the message says how much is free
   */
  Memory allocate(String label, long bytes);

  /**
   * Whether it has a kernel for a fused operation that is better than its parts. Asked for {@link
   * dev.lamina.op.ActivateGradientBias}, {@link dev.lamina.op.GemmActivateGradientBias}, {@link
   * dev.lamina.op.LossWithGradient}, {@link dev.lamina.op.Gemm} with bias, activation or
   * pre-activation, and operations that are {@link Op#widened() widened}. Every backend executes
   * these operations when given them, fused or not.
   */
  boolean fuses(Op op);

  /** Makes calls ready to run. */
  Executable compile(String label, List<Call> calls);

  /**
   * The memory that {@link #compile} of such calls takes beside their operands, told without taking
   * any; nothing where that is not known before. The operands' memories need not be allocated yet:
   * only their sizes count.
   */
  default KernelMemory kernelMemory(List<Call> calls) {
    return KernelMemory.NONE;
  }

  /** Fills tensors with zeros. */
  default void zero(Operand... operands) {
    List<Call> calls =
        Arrays.stream(operands)
            .map(o -> new Call("zero", new Fill(0, o.type()), List.of(), List.of(o)))
            .toList();
    try (Executable executable = compile("zero", calls)) {
      executable.run();
    }
  }

  /**
   * Makes buffers whose content goes to the device while it computes. This implementation copies at
   * once, which is right where work is done when its call returns, and another thread may write.
   *
   * @param label what they are for, for messages
   * @param slots how many buffers
   * @param bytes the size of each, from 1
   * @throws dev.lamina.LaminaException if there is not enough host memory
   */
  default Uploads uploads(String label, int slots, long bytes) {
    return new PlainUploads(label, slots, bytes);
  }

  /** Waits until everything that was started has ended. */
  void synchronize();

  /** Frees everything that it holds; closing twice does nothing. */
  @Override
  void close();
}
