package dev.lamina.cpu;

import dev.lamina.op.ActivateGradientBias;
import dev.lamina.op.AdamStep;
import dev.lamina.op.Advance;
import dev.lamina.op.ArgMax;
import dev.lamina.op.BatchIndices;
import dev.lamina.op.BlockCopy;
import dev.lamina.op.CountCorrect;
import dev.lamina.op.Fill;
import dev.lamina.op.GatherBatch;
import dev.lamina.op.GatherRows;
import dev.lamina.op.Gemm;
import dev.lamina.op.GemmActivateGradient;
import dev.lamina.op.GemmBiasGradient;
import dev.lamina.op.LossFunction;
import dev.lamina.op.LossGradient;
import dev.lamina.op.LossWithGradient;
import dev.lamina.op.Map;
import dev.lamina.op.MeanLoss;
import dev.lamina.op.Op;
import dev.lamina.op.Reduce;
import dev.lamina.op.SgdStep;
import dev.lamina.op.Softmax;
import dev.lamina.op.SoftmaxGradient;
import dev.lamina.op.StepBegin;
import dev.lamina.op.TrackLoss;
import dev.lamina.op.Transpose;
import dev.lamina.type.DType;
import java.util.List;

/**
 * The operations with the Vector API: FP32 where it makes a difference, everything else as {@link
 * PlainKernels} does it. Needs the module {@code jdk.incubator.vector}.
 */
final class VectorKernels implements Kernels {
  /** Up to how many classes the plain kernels compute a softmax. */
  private static final int NARROW = 16;

  private final PlainKernels plain = new PlainKernels();

  @Override
  public List<Task> bind(Op op, List<Buffer> in, List<Buffer> out, Workspace workspace) {
    if (op instanceof GatherBatch batch) {
      return ClockKernels.gatherBatch(this, batch, in, out, workspace);
    }
    List<Task> formula = Formulas.tasks(op, in, out, true, workspace);
    if (formula != null) {
      return formula;
    }
    List<Task> tasks = isSingle(in) ? vector(op, in, out, workspace) : null;
    return tasks != null ? tasks : plain.bind(op, in, out, workspace);
  }

  /** Whether an operand, of those which decide, is of single precision or converted to it. */
  private static boolean isSingle(List<Buffer> in) {
    return !in.isEmpty()
        && (in.getFirst().type().dtype() == DType.FP32
            || in.getFirst().type().dtype() == DType.UINT8);
  }

  private static boolean isWideEntropy(LossFunction function, Buffer z) {
    return switch (function) {
      case SOFTMAX_CROSS_ENTROPY -> z.type().dtype() == DType.FP32 && isWide(z);
      case BINARY_CROSS_ENTROPY, MEAN_SQUARED_ERROR -> false;
    };
  }

  /**
   * Whether a softmax is better computed in vectors. With few classes the plain kernels take about
   * as long, and they do so from the first step on, while it takes the JIT compiler thousands of
   * rows to see what vectors under a mask come to, and until then a row takes 200 times as long.
   */
  private static boolean isWide(Buffer z) {
    return z.type().shape().columns() > NARROW;
  }

  /** The tasks, or null where the plain kernels are meant to do it. */
  private static List<Task> vector(Op op, List<Buffer> in, List<Buffer> out, Workspace workspace) {
    return switch (op) {
      case ActivateGradientBias o ->
          VectorReductions.mapWithColumnSums(
              Formulas.gradient(o.activation(), in, out.get(0), true),
              out.get(0),
              out.get(1),
              workspace);
      case AdamStep o ->
          Optimizers.copied(
              VectorOptimizers.adam(o, in),
              in.get(2),
              in.getFirst(),
              o.copied() ? in.get(o.indexOfCopy()) : null);
      case GatherRows o ->
          VectorGather.has(o, in.getFirst().type().dtype())
              ? List.of(VectorGather.gather(o, in.get(0), in.get(1), out.getFirst()))
              : null;
      case MeanLoss(LossFunction f) when isWideEntropy(f, in.getFirst()) ->
          VectorSoftmax.crossEntropy(null, in.get(0), in.get(1), null, out.getFirst(), workspace);
      case LossGradient(LossFunction f) when isWideEntropy(f, in.get(1)) ->
          VectorSoftmax.crossEntropy(
              in.get(0), in.get(1), in.get(2), out.getFirst(), null, workspace);
      case LossWithGradient(LossFunction f) when isWideEntropy(f, in.getFirst()) ->
          VectorSoftmax.crossEntropy(null, in.get(0), in.get(1), out.get(0), out.get(1), workspace);
      case Reduce o -> VectorReductions.reduce(o, in.getFirst(), out.getFirst(), workspace);
      case SgdStep o ->
          Optimizers.copied(
              VectorOptimizers.sgd(o, in),
              in.get(2),
              in.getFirst(),
              o.copied() ? in.get(o.indexOfCopy()) : null);
      case Softmax o when isWide(in.getFirst()) ->
          List.of(VectorSoftmax.softmax(o.log(), in.getFirst(), out.getFirst()));
      case SoftmaxGradient o when isWide(in.getFirst()) ->
          List.of(VectorSoftmax.gradient(o.log(), in.get(0), in.get(1), out.getFirst()));
      case Advance _,
          ArgMax _,
          BatchIndices _,
          BlockCopy _,
          CountCorrect _,
          Fill _,
          GatherBatch _,
          Gemm _,
          GemmActivateGradient _,
          GemmBiasGradient _,
          MeanLoss _,
          LossGradient _,
          LossWithGradient _,
          Map _,
          Softmax _,
          SoftmaxGradient _,
          StepBegin _,
          TrackLoss _,
          Transpose _ ->
          null;
    };
  }
}
