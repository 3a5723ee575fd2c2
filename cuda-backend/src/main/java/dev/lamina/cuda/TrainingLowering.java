package dev.lamina.cuda;

import dev.lamina.op.AdamStep;
import dev.lamina.op.BatchIndices;
import dev.lamina.op.RateCurve;
import dev.lamina.op.SgdStep;
import dev.lamina.op.StepBegin;
import dev.lamina.type.TensorType;

/** The kernels of optimizer.cu and clock.cu. */
final class TrainingLowering {
  private static final String OPTIMIZER = "optimizer";
  private static final String CLOCK = "clock";

  /** Stands where the rates come from a table. */
  private static final RateCurve NO_CURVE = new RateCurve(RateCurve.Decay.CONSTANT, 0, 0, 1, 1, 0);

  private TrainingLowering() {}

  static void adam(Emission e, AdamStep op) {
    TensorType p = e.inputType(0);
    e.floating(
        OPTIMIZER,
        "adam",
        p.dtype(),
        Geometry.elementwise(p.size(), Geometry.pack(p.dtype())),
        1,
        e.input(0),
        e.input(1),
        e.input(2),
        e.input(3),
        e.input(4),
        e.input(5),
        Argument.count(p.size()),
        Argument.number(op.beta1()),
        Argument.number(op.beta2()),
        Argument.number(op.epsilon()),
        Argument.number(op.weightDecay()),
        Argument.flag(op.decoupled()),
        Argument.count(op.weightDecay() == 0 ? 0 : op.decayed()),
        op.copied() ? e.input(op.indexOfCopy()) : Argument.NULL);
  }

  static void sgd(Emission e, SgdStep op) {
    TensorType p = e.inputType(0);
    e.floating(
        OPTIMIZER,
        "sgd",
        p.dtype(),
        Geometry.elementwise(p.size(), Geometry.pack(p.dtype())),
        1,
        e.input(0),
        e.input(1),
        e.input(2),
        e.input(3),
        op.momentum() == 0 ? Argument.NULL : e.input(4),
        Argument.count(p.size()),
        Argument.number(op.momentum()),
        Argument.flag(op.nesterov()),
        Argument.number(op.weightDecay()),
        Argument.count(op.weightDecay() == 0 ? 0 : op.decayed()),
        op.copied() ? e.input(op.indexOfCopy()) : Argument.NULL);
  }

  static void stepBegin(Emission e, StepBegin op) {
    boolean given = op.curve().isEmpty();
    RateCurve curve = op.curve().orElse(NO_CURVE);
    e.plain(
        CLOCK,
        "step_begin",
        1,
        e.input(0),
        e.input(1),
        e.input(2),
        Argument.count(e.inputType(2).shape().extent(0)),
        e.output(0),
        given ? e.input(3) : Argument.NULL,
        Argument.count(given ? e.inputType(3).size() : 0),
        Argument.integer(number(curve.decay())),
        Argument.number(curve.base()),
        Argument.count(curve.warmup()),
        Argument.count(curve.period()),
        Argument.number(curve.factor()),
        Argument.number(curve.floor()),
        Argument.number(op.beta1()),
        Argument.number(op.beta2()));
  }

  // As clock.cu numbers them.
  private static int number(RateCurve.Decay decay) {
    return switch (decay) {
      case CONSTANT -> 0;
      case STEP -> 1;
      case COSINE -> 2;
    };
  }

  static void advance(Emission e) {
    e.plain(CLOCK, "advance_clock", 1, e.input(0));
  }

  static void batchIndices(Emission e, BatchIndices op) {
    e.plain(
        CLOCK,
        "batch_indices",
        Geometry.elementwise(op.size(), 1),
        e.input(0),
        e.output(0),
        Argument.integer(op.size()),
        Argument.integer(op.samples()),
        Argument.flag(op.shuffle()));
  }
}
