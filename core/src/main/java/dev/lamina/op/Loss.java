package dev.lamina.op;

import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.Arrays;
import java.util.List;

/**
 * The mean loss of a batch as its {@link LossFunction} states it: inputs the model's output z and
 * the targets y; output a scalar []. Of z in BF16 the loss is FP32, and so are targets that are not
 * class numbers.
 */
public record Loss(LossFunction function) implements Op {
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
    TensorType z = Check.floating(op, inputs, from);
    TensorType y = inputs.get(from + 1);
    if (function == LossFunction.SOFTMAX_CROSS_ENTROPY) {
      Check.matrix(op, inputs, from);
      if (y.dtype() == DType.INT32) {
        Check.exactly(op, inputs, from + 1, TensorType.of(DType.INT32, z.shape().rows()));
        return z;
      }
    }
    Check.exactly(op, inputs, from + 1, z.as(z.dtype().full()));
    return z;
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
