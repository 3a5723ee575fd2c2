package dev.lamina.op;

import dev.lamina.type.TensorType;
import java.util.List;

/** y = x; any shape and type. */
public record Copy() implements BlockCopy {
  @Override
  public String label() {
    return "copy";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 1);
    return List.of(inputs.getFirst());
  }

  /** dX = dY. */
  @Override
  public List<Sym> gradient(GradientContext c) {
    return List.of(c.dY());
  }
}
