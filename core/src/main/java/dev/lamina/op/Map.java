package dev.lamina.op;

import dev.lamina.formula.Derivative;
import dev.lamina.formula.Formula;
import dev.lamina.formula.Input;
import dev.lamina.formula.Kind;
import dev.lamina.formula.Output;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A {@link Formula} over a matrix: all pointwise work. Operand k is the formula's input k, of its
 * type: of {@code shape} if it is FULL, a row [n] or [1, n], a column [m, 1], or so many numbers as
 * a SINGLE has. Outputs are those of the formula that have memory of their own, of {@code shape};
 * the others overwrite their operand. Where the formula's condition to skip holds at the start of a
 * run, updated operands stay as they are, and outputs are undefined.
 *
 * @param shape [m, n]; with another number of axes, n is the last extent and m all others
 */
public record Map(Formula formula, Shape shape) implements Op {
  /** How an operand fills a shape; null if it does not. */
  public static Kind kind(Shape operand, Shape shape) {
    if (!Check.broadcasts(operand, shape)) {
      return null;
    }
    if (operand.size() == shape.size()) {
      return Kind.FULL;
    }
    if (operand.isSingle()) {
      return Kind.SINGLE;
    }
    return operand.columns() == operand.size() ? Kind.ROW : Kind.COLUMN;
  }

  /** The formula's, but for the gradient of an activation, which is called so. */
  @Override
  public String label() {
    Activation activation = Activation.ofGradient(this);
    return activation == null ? formula.label() : activation.label() + "-gradient";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, formula.inputs().size());
    for (int i = 0; i < inputs.size(); i++) {
      Input input = formula.inputs().get(i);
      TensorType type = inputs.get(i);
      if (type.dtype() != input.dtype() || !fits(input, type.shape())) {
        throw Check.mismatch(
            this, inputs, input + " for " + shape + " as operand " + (i + 1) + ", got " + type);
      }
    }
    List<Output> outputs = formula.outputs();
    if (outputs.size() == 1 && outputs.getFirst().isNew()) { // no stream for a small operation
      return List.of(new TensorType(outputs.getFirst().dtype(), shape));
    }
    return outputs.stream()
        .filter(Output::isNew)
        .map(o -> new TensorType(o.dtype(), shape))
        .toList();
  }

  private boolean fits(Input input, Shape operand) {
    return switch (input.kind()) {
      case FULL -> operand.size() == shape.size() && Check.broadcasts(operand, shape);
      case ROW -> operand.columns() == operand.size() && operand.columns() == shape.columns();
      case COLUMN ->
          operand.rank() == 2 && operand.extent(1) == 1 && operand.extent(0) == shape.rows();
      case SINGLE -> operand.size() == input.length();
    };
  }

  /** By the formula's derivative, summed over the axes along which an operand was repeated. */
  @Override
  public List<Sym> gradient(GradientContext c) {
    List<Sym> gradients = new ArrayList<>();
    for (int i = 0; i < c.inputs().size(); i++) {
      gradients.add(
          c.wants(i) ? c.emitter().sumTo(gradient(c, i), c.input(i).type().shape()) : null);
    }
    return gradients;
  }

  private Sym gradient(GradientContext c, int input) {
    Derivative derivative = formula.derivative(input);
    if (derivative.isSeed()) {
      return c.dY();
    }
    Sym[] operands = new Sym[derivative.sources().size()];
    for (int i = 0; i < operands.length; i++) {
      int source = derivative.sources().get(i);
      operands[i] =
          switch (source) {
            case Derivative.SEED -> c.dY();
            case Derivative.OUTPUT -> c.output();
            default -> c.input(source);
          };
    }
    return c.emit(new Map(derivative.formula(), shape), operands);
  }

  @Override
  public boolean differentiable(int input) {
    return formula.isDifferentiable(input)
        && formula.outputs().getFirst().dtype().isFloating()
        && formula.inputs().get(input).dtype().isFloating();
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return formula.operations() * shape.size();
  }

  /** The first full operand of the first output's type that is not overwritten. */
  @Override
  public int inPlace() {
    for (Output output : formula.outputs()) {
      if (output.isNew()) {
        return firstLike(output.dtype());
      }
    }
    return -1;
  }

  private int firstLike(DType dtype) {
    for (int i = 0; i < formula.inputs().size(); i++) {
      Input input = formula.inputs().get(i);
      if (input.kind() == Kind.FULL && input.dtype() == dtype && !isUpdated(i)) {
        return i;
      }
    }
    return -1;
  }

  private boolean isUpdated(int input) {
    for (Output output : formula.outputs()) {
      if (output.over() == input) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Set<Integer> updates() {
    Set<Integer> updated = new HashSet<>();
    formula.outputs().stream().filter(o -> !o.isNew()).forEach(o -> updated.add(o.over()));
    formula.flags().forEach(f -> updated.add(f.input()));
    return updated;
  }

  /** The shape and the formula. */
  @Override
  public String toString() {
    return "map " + shape + " " + formula;
  }
}
