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
import java.util.List;

/**
 * The operations in plain Java, for every element type: no native code and no incubator module.
 * Everything is computed in double, FP32 is rounded when it is stored.
 */
final class PlainKernels implements Kernels {
  @Override
  public List<Task> bind(Op op, List<Buffer> in, List<Buffer> out, Workspace workspace) {
    List<Task> formula = Formulas.tasks(op, in, out, false, workspace);
    return formula != null ? formula : others(op, in, out, workspace);
  }

  private List<Task> others(Op op, List<Buffer> in, List<Buffer> out, Workspace workspace) {
    return switch (op) {
      case ActivateGradientBias o ->
          List.of(
              PlainReductions.mapWithColumnSums(
                  Formulas.gradient(o.activation(), in, out.get(0), false),
                  out.get(0),
                  out.get(1)));
      case AdamStep o ->
          Optimizers.copied(
              PlainOptimizers.adam(o, in),
              in.get(2),
              in.getFirst(),
              o.copied() ? in.get(o.indexOfCopy()) : null);
      case Advance _ -> List.of(ClockKernels.advance(in.getFirst()));
      case ArgMax o -> List.of(PlainReductions.argMax(o.axis(), in.getFirst(), out.getFirst()));
      case BatchIndices o -> List.of(ClockKernels.batchIndices(o, in.getFirst(), out.getFirst()));
      case BlockCopy o -> PlainData.blocks(o, in, out.getFirst());
      case CountCorrect o ->
          PlainLosses.countCorrect(o.rule(), in.get(0), in.get(1), in.get(2), workspace);
      case GatherBatch o -> ClockKernels.gatherBatch(this, o, in, out, workspace);
      case GatherRows o -> List.of(PlainData.gather(o, in.get(0), in.get(1), out.getFirst()));
      case Fill _, Gemm _, GemmActivateGradient _, GemmBiasGradient _, Map _ ->
          throw new IllegalArgumentException(op.label() + " is not one of these kernels");
      case MeanLoss o ->
          PlainLosses.bind(
              o.function(), null, in.get(0), in.get(1), null, out.getFirst(), workspace);
      case LossGradient o ->
          PlainLosses.bind(
              o.function(), in.get(0), in.get(1), in.get(2), out.getFirst(), null, workspace);
      case LossWithGradient o ->
          PlainLosses.bind(
              o.function(), null, in.get(0), in.get(1), out.get(0), out.get(1), workspace);
      case Reduce o -> PlainReductions.reduce(o, in.getFirst(), out.getFirst(), workspace);
      case SgdStep o ->
          Optimizers.copied(
              PlainOptimizers.sgd(o, in),
              in.get(2),
              in.getFirst(),
              o.copied() ? in.get(o.indexOfCopy()) : null);
      case Softmax o -> List.of(PlainSoftmax.softmax(o.log(), in.getFirst(), out.getFirst()));
      case SoftmaxGradient o ->
          List.of(PlainSoftmax.gradient(o.log(), in.get(0), in.get(1), out.getFirst()));
      case StepBegin o -> List.of(ClockKernels.stepBegin(o, in, out.getFirst()));
      case TrackLoss _ -> List.of(ClockKernels.trackLoss(in.get(0), in.get(1), in.get(2)));
      case Transpose _ -> List.of(PlainData.transpose(in.getFirst(), out.getFirst()));
    };
  }
}
