package dev.lamina.op;

import dev.lamina.formula.Expr;
import dev.lamina.formula.Formula;
import dev.lamina.formula.FormulaBuilder;
import dev.lamina.formula.Input;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.ShapeException;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/**
 * A pointwise function that takes operands of every floating type and of all shapes that broadcast:
 * each is of the result's shape [m, n], a single number, a row [n] or [1, n], or a column [m, 1].
 * For example
 *
 * <pre>{@code
 * static final Pointwise SWISH_GATE = Pointwise.of((x, gate) -> x.times(gate.sigmoid()));
 *
 * Sym y = SWISH_GATE.on(graph, x, gate);
 * }</pre>
 *
 * <p>The function is written out once for each combination of element types and ways to fill the
 * shape; later calls take that {@link Formula} again, so a constant of this class costs next to
 * nothing to call. Safe for use by several threads if the function is.
 */
public final class Pointwise {
  /** A function of several numbers. */
  @FunctionalInterface
  public interface Body {
    /** The result for operands x. */
    Expr of(List<Expr> x);
  }

  private final String name;
  private final int operands;
  private final Body body;
  private final ConcurrentHashMap<List<Input>, Formula> formulas = new ConcurrentHashMap<>();

  private Pointwise(String name, int operands, Body body) {
    if (operands < 1) {
      throw new IllegalArgumentException(name + " of " + operands + " operands");
    }
    this.name = name;
    this.operands = operands;
    this.body = body;
  }

  /** A function of one operand. */
  public static Pointwise of(UnaryOperator<Expr> function) {
    return named("map", function);
  }

  /** A function of two operands. */
  public static Pointwise of(BinaryOperator<Expr> function) {
    return named("map", function);
  }

  /**
   * A function of so many operands.
   *
   * @throws IllegalArgumentException if there is none: what fills a tensor with a number is {@link
   *     Fill}
   */
  public static Pointwise of(int operands, Body function) {
    return new Pointwise("map", operands, function);
  }

  /** A function of one operand with a name for messages. */
  static Pointwise named(String name, UnaryOperator<Expr> function) {
    return new Pointwise(name, 1, x -> function.apply(x.getFirst()));
  }

  /** A function of two operands with a name for messages. */
  static Pointwise named(String name, BinaryOperator<Expr> function) {
    return new Pointwise(name, 2, x -> function.apply(x.get(0), x.get(1)));
  }

  /** Adds the operation on these operands and returns its result. */
  public Sym on(Emitter emitter, Sym... operands) {
    TensorType[] types = new TensorType[operands.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = operands[i].type();
    }
    return emitter.emit(on(types), operands);
  }

  /**
   * The operation on operands of these types, with a result of their element type.
   *
   * @throws ShapeException if there are more or fewer operands than the function takes, they are
   *     not of one floating type, or their shapes do not broadcast
   */
  public Map on(TensorType... types) {
    check(types);
    Shape shape = shape(types);
    Input[] inputs = new Input[types.length];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = new Input(Map.kind(types[i].shape(), shape), types[i].dtype(), 1);
    }
    return new Map(formula(List.of(inputs)), shape);
  }

  /** Whether an operation is this function of its operands, of one floating type. */
  public boolean is(Op op) {
    return op instanceof Map(Formula formula, _)
        && formula.inputs().size() == operands
        && formula.inputs().stream()
            .allMatch(i ->
                i.dtype().isFloating()
                    && i.dtype() == formula.inputs().getFirst().dtype()
                    && i.length() == 1)
        && formula.equals(formula(formula.inputs()));
  }

  private Formula formula(List<Input> inputs) {
    Formula known = formulas.get(inputs);
    return known != null ? known : formulas.computeIfAbsent(inputs, this::make);
  }

  private void check(TensorType[] types) {
    if (types.length != operands) {
      throw new ShapeException(name + ": expected " + operands + " operands, got " + types.length);
    }
    DType dtype = types[0].dtype();
    for (TensorType type : types) {
      if (!type.dtype().isFloating() || type.dtype() != dtype) {
        throw new ShapeException(
            name
                + " of "
                + Arrays.toString(types)
                + ": expected operands of one type of FP32, FP64 and BF16; cast them first");
      }
    }
  }

  /** The shape that all fill: of the largest, of those the one of the most axes. */
  private Shape shape(TensorType[] types) {
    Shape largest = types[0].shape();
    for (TensorType type : types) {
      Shape shape = type.shape();
      if (shape.size() > largest.size()
          || shape.size() == largest.size() && shape.rank() > largest.rank()) {
        largest = shape;
      }
    }
    for (TensorType type : types) {
      if (!Check.broadcasts(type.shape(), largest)) {
        throw new ShapeException(
            name
                + " of "
                + Arrays.toString(types)
                + ": expected equal shapes, or a number, a row [n] or a column [m, 1] beside"
                + " [m, n]");
      }
    }
    return largest;
  }

  private Formula make(List<Input> inputs) {
    FormulaBuilder f = new FormulaBuilder(inputs);
    List<Expr> x = new ArrayList<>(inputs.size());
    for (int i = 0; i < inputs.size(); i++) {
      x.add(f.read(i, 0));
    }
    f.output(body.of(List.copyOf(x)), inputs.getFirst().dtype());
    return f.build();
  }
}
