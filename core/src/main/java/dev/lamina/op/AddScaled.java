package dev.lamina.op;

import dev.lamina.type.TensorType;
import java.util.Arrays;
import java.util.List;

/** z = α·x + β·y, elementwise; x and y of one shape. */
public record AddScaled(double alpha, double beta) implements Op {
  @Override
  public String label() {
    return "add-scaled";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 2);
    return List.of(Check.sameTypes(this, inputs, 0));
  }

  /** dX = α·dZ, dY = β·dZ. */
  @Override
  public List<Sym> gradient(GradientContext c) {
    return Arrays.asList(
        c.wants(0) ? c.emitter().scale(c.dY(), alpha) : null,
        c.wants(1) ? c.emitter().scale(c.dY(), beta) : null);
  }

  @Override
  public boolean differentiable(int input) {
    return true;
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return 3 * outputs.getFirst().size();
  }

  @Override
  public int inPlace() {
    return 0;
  }
}
