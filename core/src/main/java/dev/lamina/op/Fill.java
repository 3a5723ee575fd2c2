package dev.lamina.op;

import dev.lamina.type.TensorType;
import java.util.List;

/** A tensor whose elements are all one value; no inputs. */
public record Fill(double value, TensorType type) implements Op {
  @Override
  public String label() {
    return "fill";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 0);
    return List.of(type);
  }

  @Override
  public List<Sym> gradient(GradientContext c) {
    return List.of();
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return 0;
  }
}
