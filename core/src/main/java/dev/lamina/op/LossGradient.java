package dev.lamina.op;

import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.Arrays;
import java.util.List;

/**
 * The gradient of {@link MeanLoss} by the model's output as the {@link LossFunction} states it:
 * inputs dL [], z, y; output dz of z's type, for BF16 rounded once.
 */
public record LossGradient(LossFunction function) implements Op {
  @Override
  public String label() {
    return function.label() + "-gradient";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 3);
    TensorType z = MeanLoss.checked(this, function, inputs, 1);
    Check.exactly(this, inputs, 0, MeanLoss.of(z));
    return List.of(z);
  }

  /**
   * By dL the sum of dG ∘ dz for dL = 1; by z dL dG times the second derivative of the loss, as
   * {@link LossFunction} states the first; the targets have no gradient.
   */
  @Override
  public List<Sym> gradient(GradientContext c) {
    Emitter e = c.emitter();
    Sym dL = c.input(0);
    Sym z = c.input(1);
    Sym y = c.input(2);
    Sym byLoss = null;
    if (c.wants(0)) {
      Sym slope = e.emit(this, e.fill(1, dL.type()), z, y);
      byLoss = e.sumTo(e.multiply(c.dY(), slope), dL.type().shape());
    }
    return Arrays.asList(
        byLoss, c.wants(1) ? curvature(e, e.multiply(c.dY(), dL), z, y) : null, null);
  }

  /** The symmetric matrix of second derivatives by z, times a vector of z's shape. */
  private Sym curvature(Emitter e, Sym v, Sym z, Sym y) {
    return switch (function) {
      case SOFTMAX_CROSS_ENTROPY -> {
        Sym p = e.emit(new Softmax(false), z);
        Sym product = e.emit(new SoftmaxGradient(false), e.scale(v, 1.0 / rows(z)), p);
        // Class numbers are rows of one 1.
        yield y.type().dtype() == DType.INT32
            ? product
            : e.multiply(product, e.emit(new Reduce(Reduce.Kind.SUM, Reduce.Axis.COLUMNS), y));
      }
      case BINARY_CROSS_ENTROPY -> {
        Sym p = Activation.SIGMOID.function().on(e, z);
        Sym scaled = e.scale(v, 1.0 / z.type().size());
        yield e.emit(Activation.SIGMOID.gradient(p.type()), scaled, p);
      }
      case MEAN_SQUARED_ERROR -> e.scale(v, 2.0 / z.type().size());
    };
  }

  private static long rows(Sym z) {
    return z.type().shape().rows();
  }

  @Override
  public boolean differentiable(int input) {
    return input < 2;
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return 5 * outputs.getFirst().size();
  }

  @Override
  public int inPlace() {
    return 1;
  }
}
