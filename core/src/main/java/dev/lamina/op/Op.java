package dev.lamina.op;

import dev.lamina.type.ShapeException;
import dev.lamina.type.TensorType;
import java.util.List;
import java.util.Set;

/**
 * An instruction: a pure description without operands or memory.
 *
 * <p>The hierarchy is sealed, so that a backend's {@code switch} over it is checked by the compiler
 * to be complete.
 */
public sealed interface Op
    permits ActivateGradientBias,
        AdamStep,
        Advance,
        ArgMax,
        BatchIndices,
        BlockCopy,
        CountCorrect,
        Fill,
        GatherBatch,
        GatherRows,
        Gemm,
        GemmActivateGradient,
        GemmBiasGradient,
        MeanLoss,
        LossGradient,
        LossWithGradient,
        Map,
        Reduce,
        SgdStep,
        Softmax,
        SoftmaxGradient,
        StepBegin,
        TrackLoss,
        Transpose {

  /** A short name for listings and errors, for example {@code gemm+bias+relu}. */
  String label();

  /**
   * The types of the outputs.
   *
   * @throws ShapeException if the inputs do not fit; the message names the operation and the shapes
   */
  List<TensorType> infer(List<TensorType> inputs);

  /**
   * The gradient of the loss by each input as further operations, null where there is none or none
   * is wanted.
   */
  default List<Sym> gradient(GradientContext context) {
    throw new UnsupportedOperationException("the operation " + label() + " has no gradient");
  }

  /** Whether the output depends smoothly enough on the i-th input to ask for a gradient. */
  default boolean differentiable(int input) {
    return false;
  }

  /** The number of floating-point operations that one execution takes. */
  default long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return outputs.isEmpty() ? 0 : outputs.getFirst().size();
  }

  /**
   * The input whose memory the first output may take over if it has as many elements of the same
   * type and nobody else needs it, or -1.
   */
  default int inPlace() {
    return -1;
  }

  /**
   * The same operation on BF16 with a result in FP32, which is what it computes before it rounds;
   * null if there is none.
   */
  default Op widened() {
    return null;
  }

  /** The inputs that the operation changes: parameters, moments, counters. */
  default Set<Integer> updates() {
    return Set.of();
  }
}
