package dev.lamina.op;

import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.List;

/**
 * Converts elements, any shape: to a narrower floating type rounded to nearest even, from floating
 * to integer truncated towards zero and saturated with NaN to 0 (as Java's casts; UINT8 saturates
 * at 0 and 255), from INT32 to UINT8 saturated.
 */
public record Cast(DType to) implements Op {
  @Override
  public String label() {
    return "cast";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 1);
    return List.of(inputs.getFirst().as(to));
  }

  /** dX = dY, cast back. */
  @Override
  public List<Sym> gradient(GradientContext c) {
    return List.of(c.emit(new Cast(c.input(0).type().dtype()), c.dY()));
  }

  @Override
  public boolean differentiable(int input) {
    return to.isFloating();
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return 0;
  }
}
