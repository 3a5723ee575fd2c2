package dev.lamina.cuda;

import dev.lamina.op.ActivateGradientBias;
import dev.lamina.op.Activation;
import dev.lamina.op.Gemm;
import dev.lamina.op.GemmActivateGradientBias;
import dev.lamina.op.LossWithGradient;
import dev.lamina.op.Op;
import dev.lamina.op.Reduce;

/** Which fused operations are better than their parts on a GPU. */
final class FusedOps {
  private FusedOps() {}

  static boolean contains(Op op) {
    return switch (op) {
      case Gemm gemm -> true;
      case ActivateGradientBias fused -> true;
      case GemmActivateGradientBias fused ->
          fused.activation() == Activation.RELU || fused.activation() == Activation.GELU;
      case LossWithGradient fused -> true;
      case Reduce wide -> true;
      default -> false;
    };
  }
}
