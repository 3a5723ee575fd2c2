package dev.lamina.cuda.formula;

import dev.lamina.formula.Formula;
import dev.lamina.formula.Functions;
import dev.lamina.op.Activation;
import dev.lamina.op.Elementwise;
import dev.lamina.op.Pointwise;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The formulas whose kernels are compiled among the resources: what core's own operations, layers
 * and losses are made of. All others are compiled at run time, or interpreted; so are rarer forms
 * of these, as the larger of a matrix and a column.
 */
final class ShippedFormulas {
  // Of the matrices, whose extents do not matter.
  private static final long ROWS = 2;
  private static final long COLUMNS = 3;

  private static final List<DType> FLOATING = List.of(DType.FP32, DType.BF16, DType.FP64);

  private static final List<Pointwise> ACTIVATIONS =
      List.of(Pointwise.of(x -> Functions.SILU.of(x)), Pointwise.of(x -> Functions.SOFTPLUS.of(x)));

  private static final List<Pointwise> UNARY =
      List.of(
          Elementwise.ABS,
          Elementwise.EXP,
          Elementwise.LOG,
          Elementwise.NEGATE,
          Elementwise.RECIPROCAL,
          Elementwise.SIGN,
          Elementwise.SQRT,
          Elementwise.SQUARE,
          // Any other numbers than 0 and 1: all of them share a kernel.
          Elementwise.affine(2, 3),
          Elementwise.affine(1, 2),
          Elementwise.scale(2));

  private static final List<Pointwise> ARITHMETIC =
      List.of(Elementwise.ADD, Elementwise.SUBTRACT, Elementwise.MULTIPLY, Elementwise.DIVIDE);

  private static final List<Pointwise> COMPARISONS =
      List.of(
          Elementwise.MAXIMUM, Elementwise.MINIMUM, Elementwise.EQUAL, Elementwise.GREATER_EQUAL);

  private ShippedFormulas() {}

  /** The formulas of each module; its name ends with the type that is stored. */
  static Map<String, List<Formula>> modules() {
    Map<String, List<Formula>> modules = new TreeMap<>();
    for (DType dtype : FLOATING) {
      String suffix = dtype == DType.BF16 ? "_bf16" : "_f" + 8 * dtype.bytes();
      modules.put("map_activations" + suffix, activations(dtype));
      modules.put("map_arithmetic" + suffix, arithmetic(dtype));
      if (dtype != DType.FP64) {
        modules.put("map_broadcasts" + suffix, broadcasts(dtype));
      }
    }
    modules.put("map_casts", casts(false));
    modules.put("map_casts_f64", casts(true));
    return modules;
  }

  /** φ(x), its gradient and φ(x + b), and dropout with its gradient. */
  private static List<Formula> activations(DType dtype) {
    List<Formula> formulas = new ArrayList<>();
    for (Activation activation : Activation.values()) {
      addWithGradients(formulas, activation.function(), full(dtype));
      formulas.add(CoreFormulas.biased(activation, full(dtype)).formula());
    }
    Formula dropout = Elementwise.dropout(full(dtype), 0.3, 0).formula();
    formulas.add(dropout);
    formulas.add(dropout.derivative(0).formula());
    ACTIVATIONS.forEach(activation -> addWithGradients(formulas, activation, full(dtype)));
    return formulas;
  }

  private static List<Formula> arithmetic(DType dtype) {
    List<Formula> formulas = new ArrayList<>();
    UNARY.forEach(f -> addWithGradients(formulas, f, full(dtype)));
    ARITHMETIC.forEach(f -> addWithGradients(formulas, f, full(dtype), full(dtype)));
    formulas.add(Elementwise.addScaled(2).on(full(dtype), full(dtype)).formula());
    COMPARISONS.forEach(f -> addWithGradients(formulas, f, full(dtype), full(dtype)));
    return formulas;
  }

  /** Of a matrix with a row, a column or a number, in both orders. */
  private static List<Formula> broadcasts(DType dtype) {
    List<Formula> formulas = new ArrayList<>();
    TensorType matrix = full(dtype);
    for (TensorType other :
        List.of(
            TensorType.of(dtype, COLUMNS), TensorType.of(dtype, ROWS, 1), TensorType.of(dtype))) {
      for (Pointwise f : ARITHMETIC) {
        formulas.add(f.on(matrix, other).formula());
        formulas.add(f.on(other, matrix).formula());
      }
      formulas.add(Elementwise.broadcast(other, matrix.shape()).formula());
    }
    return formulas;
  }

  private static List<Formula> casts(boolean fp64) {
    List<Formula> formulas = new ArrayList<>();
    for (DType from : DType.values()) {
      for (DType to : DType.values()) {
        boolean wide = from == DType.FP64 || to == DType.FP64;
        if (from != to && wide == fp64) {
          formulas.add(Elementwise.cast(full(from), to).formula());
        }
      }
    }
    return formulas;
  }

  /** The function, and its gradients where it has some. */
  private static void addWithGradients(
      List<Formula> formulas, Pointwise function, TensorType... operands) {
    dev.lamina.op.Map map = function.on(operands);
    formulas.add(map.formula());
    for (int i = 0; i < operands.length; i++) {
      if (map.differentiable(i)) {
        formulas.add(map.formula().derivative(i).formula());
      }
    }
  }

  private static TensorType full(DType dtype) {
    return new TensorType(dtype, Shape.of(ROWS, COLUMNS));
  }
}
