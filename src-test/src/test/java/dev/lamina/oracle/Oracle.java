package dev.lamina.oracle;

import dev.lamina.op.ActivateGradientBias;
import dev.lamina.op.AdamStep;
import dev.lamina.op.Advance;
import dev.lamina.op.ArgMax;
import dev.lamina.op.BatchIndices;
import dev.lamina.op.Concat;
import dev.lamina.op.Copy;
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
import dev.lamina.op.Reshape;
import dev.lamina.op.SgdStep;
import dev.lamina.op.Slice;
import dev.lamina.op.Softmax;
import dev.lamina.op.SoftmaxGradient;
import dev.lamina.op.StepBegin;
import dev.lamina.op.StopGradient;
import dev.lamina.op.TrackLoss;
import dev.lamina.op.Transpose;
import dev.lamina.type.TensorType;
import java.util.List;

/**
 * Executes any operation in double precision, one element after the other. The switch is complete,
 * so that an operation without an oracle does not compile.
 */
public final class Oracle {
  private Oracle() {}

  /** What the operation makes of these inputs; the inputs are not changed. */
  public static Result run(Op op, List<Value> in) {
    List<TensorType> out = op.infer(in.stream().map(Value::type).toList());
    return switch (op) {
      case ActivateGradientBias o -> Activations.backwardBias(o, in.get(0), in.get(1));
      case Map o -> Maps.map(o, in);
      case Copy o -> Moves.copy(in.get(0));
      case StopGradient o -> Moves.copy(in.get(0));
      case Reshape o -> Moves.reshape(in.get(0), o.shape());
      case Slice o -> Moves.slice(o, in.get(0), out.getFirst());
      case Concat o -> Moves.concat(o, in, out.getFirst());
      case Fill o -> Moves.fill(o);
      case Transpose o -> Moves.transpose(in.get(0), out.getFirst());
      case GatherBatch o -> Sampling.gatherBatch(o, in.get(0), in.get(1));
      case GatherRows o -> Moves.gather(o, in.get(0), in.get(1), out.getFirst());
      case Gemm o -> Products.gemm(o, in, out.getFirst());
      case GemmBiasGradient o ->
          Result.of(
              run(o.gemm(), in).outputs().getFirst(),
              run(o.sum(), in.subList(0, 1)).outputs().getFirst());
      case GemmActivateGradient o -> Products.gemmActivateGradient(o, in, out.getFirst());
      case Reduce o -> Reductions.reduce(o, in.get(0), out.getFirst());
      case ArgMax o -> Reductions.argMax(o, in.get(0), out.getFirst());
      case Softmax o -> Softmaxes.forward(o, in.get(0));
      case SoftmaxGradient o -> Softmaxes.backward(o, in.get(0), in.get(1));
      case MeanLoss o -> Result.of(Losses.loss(o.function(), in.get(0), in.get(1)));
      case LossGradient o ->
          Result.of(Losses.gradient(o.function(), in.get(0).single(), in.get(1), in.get(2)));
      case LossWithGradient o ->
          Result.of(
              Losses.gradient(o.function(), 1, in.get(0), in.get(1)),
              Losses.loss(o.function(), in.get(0), in.get(1)));
      case CountCorrect o ->
          Result.updating(2, Losses.countCorrect(o.rule(), in.get(0), in.get(1), in.get(2)));
      case StepBegin o -> Steps.begin(o, in);
      case TrackLoss o -> Steps.track(in.get(0), in.get(1), in.get(2));
      case Advance o -> Steps.advance(in.get(0));
      case BatchIndices o -> Sampling.batchIndices(o, in.get(0), out.getFirst());
      case SgdStep o -> Optimizers.sgd(o, in);
      case AdamStep o -> Optimizers.adam(o, in);
    };
  }
}
