package dev.lamina.op;

import dev.lamina.type.TensorType;
import java.util.List;

/** Y = Xᵀ: [m, n] to [n, m], any type. */
public record Transpose() implements Op {
  @Override
  public String label() {
    return "transpose";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 1);
    TensorType x = Check.matrix(this, inputs, 0);
    return List.of(x.as(x.shape().transposed()));
  }

  /** dX = dYᵀ. */
  @Override
  public List<Sym> gradient(GradientContext c) {
    return List.of(c.emit(this, c.dY()));
  }

  @Override
  public boolean differentiable(int input) {
    return true;
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return 0;
  }
}
