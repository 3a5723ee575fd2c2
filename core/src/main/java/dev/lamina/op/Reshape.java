package dev.lamina.op;

import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.List;

/** The elements of x, row-major, in another shape of as many elements; any type. */
public record Reshape(Shape shape) implements BlockCopy {
  @Override
  public String label() {
    return "reshape";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 1);
    TensorType x = inputs.getFirst();
    if (x.size() != shape.size()) {
      throw Check.mismatch(this, inputs, "as many elements as " + shape + " has");
    }
    return List.of(x.as(shape));
  }

  /** dX = dY in the shape of X. */
  @Override
  public List<Sym> gradient(GradientContext c) {
    return List.of(c.emit(new Reshape(c.input(0).type().shape()), c.dY()));
  }

  @Override
  public int inPlace() {
    return 0;
  }
}
