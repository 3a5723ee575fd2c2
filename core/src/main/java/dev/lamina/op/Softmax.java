package dev.lamina.op;

import dev.lamina.type.TensorType;
import java.util.List;

/**
 * Softmax of each row of [m, n], y<sub>ij</sub> = e<sup>x<sub>ij</sub> − M<sub>i</sub></sup> /
 * Σ<sub>k</sub> e<sup>x<sub>ik</sub> − M<sub>i</sub></sup> with M<sub>i</sub> the row's maximum; or
 * its logarithm, x<sub>ij</sub> − M<sub>i</sub> − ln Σ<sub>k</sub> e<sup>x<sub>ik</sub> −
 * M<sub>i</sub></sup>.
 *
 * @param log whether the logarithm is computed
 */
public record Softmax(boolean log) implements Op {
  @Override
  public String label() {
    return log ? "log-softmax" : "softmax";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 1);
    Check.matrix(this, inputs, 0);
    return List.of(Check.floating(this, inputs, 0));
  }

  @Override
  public List<Sym> gradient(GradientContext c) {
    return List.of(c.emit(new SoftmaxGradient(log), c.dY(), c.output()));
  }

  @Override
  public boolean differentiable(int input) {
    return true;
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return 5 * outputs.getFirst().size();
  }

  @Override
  public int inPlace() {
    return 0;
  }
}
