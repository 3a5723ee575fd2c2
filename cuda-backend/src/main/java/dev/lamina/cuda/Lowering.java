package dev.lamina.cuda;

import dev.lamina.backend.Call;
import dev.lamina.backend.Operand;
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
import dev.lamina.op.Reduce;
import dev.lamina.op.SgdStep;
import dev.lamina.op.Softmax;
import dev.lamina.op.SoftmaxGradient;
import dev.lamina.op.StepBegin;
import dev.lamina.op.TrackLoss;
import dev.lamina.op.Transpose;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * A call as steps.
 *
 * @param steps what is put on a stream, in order
 * @param scratchBytes how much scratch memory the steps share
 * @param cleared what of it must be 0 before the first step
 * @param contents what must lie in it before the first step
 */
record Lowering(
    List<Step> steps, long scratchBytes, List<Cleared> cleared, List<Content> contents) {
  Lowering {
    steps = List.copyOf(steps);
    cleared = List.copyOf(cleared);
    contents = List.copyOf(contents);
  }

  /**
   * A part of scratch memory.
   *
   * @param offset its first byte
   */
  record Cleared(long offset, long bytes) {}

  /**
   * What a part of scratch memory holds.
   *
   * @param offset its first byte
   */
  record Content(long offset, byte[] bytes) {}

  /** Lists the steps of a call on a device that has a compiler for formulas. */
  static Lowering of(Call call, ToLongFunction<Operand> addresses) {
    return of(call, addresses, true);
  }

  /**
   * Lists the steps of a call.
   *
   * @param addresses where its operands lie
   * @param compiles whether kernels can be compiled that are not among the resources
   */
  static Lowering of(Call call, ToLongFunction<Operand> addresses, boolean compiles) {
    Emission e = new Emission(call, addresses, compiles);
    switch (call.op()) {
      case Reduce op -> ReduceLowering.reduce(e, op);
      case ArgMax op -> ReduceLowering.argMax(e, op);
      case ActivateGradientBias op -> ReduceLowering.activateGradientBias(e, op);
      case CountCorrect op -> ReduceLowering.countCorrect(e, op);

      case Softmax op -> LossLowering.softmax(e, op);
      case SoftmaxGradient op -> LossLowering.softmaxGradient(e, op);
      case MeanLoss op -> LossLowering.loss(e, op);
      case LossGradient op -> LossLowering.lossGradient(e, op);
      case LossWithGradient op -> LossLowering.lossWithGradient(e, op);
      case TrackLoss _ -> LossLowering.trackLoss(e);

      case BlockCopy op -> MoveLowering.blocks(e, op);
      case Fill op -> MoveLowering.fill(e, op);
      case GatherBatch op -> MoveLowering.gatherBatch(e, op);
      case GatherRows op -> MoveLowering.gatherRows(e, op);
      case Transpose _ -> MoveLowering.transpose(e);

      case AdamStep op -> TrainingLowering.adam(e, op);
      case SgdStep op -> TrainingLowering.sgd(e, op);
      case StepBegin op -> TrainingLowering.stepBegin(e, op);
      case Advance _ -> TrainingLowering.advance(e);
      case BatchIndices op -> TrainingLowering.batchIndices(e, op);

      case Map op -> MapLowering.map(e, op);

      case Gemm op -> ProductLowering.gemm(e, op);
      case GemmBiasGradient op -> ProductLowering.gemmBiasGradient(e, op);
      case GemmActivateGradient op -> ProductLowering.gemmActivateGradient(e, op);
    }
    return new Lowering(e.steps(), e.scratchBytes(), e.cleared(), e.contents());
  }

  /** Whether a matrix product is among the steps. */
  boolean hasProduct() {
    return steps.stream().anyMatch(step -> !(step instanceof Step.Launch));
  }

  /** The same with kernels of at most so many blocks, which must walk on in strides of the grid. */
  Lowering withBlocks(int most) {
    return new Lowering(
        steps.stream()
            .map(step ->
                step instanceof Step.Launch launch && launch.gridX() > most
                    ? launch.withGridX(most)
                    : step)
            .toList(),
        scratchBytes,
        cleared,
        contents);
  }
}
