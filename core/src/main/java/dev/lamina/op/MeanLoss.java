package dev.lamina.op;

import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.Arrays;
import java.util.List;

/**
 * The mean loss of a batch as its {@link LossFunction} states it: inputs the model's output z and
 * the targets y; output a scalar []. Of z in BF16 the loss is FP32, and so are targets that are not
 * class numbers.
 */
public record MeanLoss(LossFunction function) implements Op {
  @Override
  public String label() {
    return function.label();
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 2);
    return List.of(of(checked(this, function, inputs, 0)));
  }

  /** The type of the loss of an output z. */
  static TensorType of(TensorType z) {
    return new TensorType(z.dtype().full(), Shape.scalar());
  }

  /** Checks the output z at {@code from} and the targets after it; returns the type of z. */
  static TensorType checked(Op op, LossFunction function, List<TensorType> inputs, int from) {
    return function.byRow()
        ? Check.classTargets(op, inputs, from)
        : Check.sameTargets(op, inputs, from);
  }

  /** dz as the {@link LossFunction} states it, times dL; the targets have no gradient. */
  @Override
  public List<Sym> gradient(GradientContext c) {
    return Arrays.asList(
        c.emit(new LossGradient(function), c.dY(), c.input(0), c.input(1)), (Sym) null);
  }

  @Override
  public boolean differentiable(int input) {
    return input == 0;
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return 5 * inputs.getFirst().size();
  }
}
