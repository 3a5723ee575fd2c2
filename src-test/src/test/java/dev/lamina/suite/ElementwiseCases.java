package dev.lamina.suite;

import dev.lamina.op.Elementwise;
import dev.lamina.op.Map;
import dev.lamina.op.Pointwise;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.List;

/** Arithmetic on elements, with every form of broadcasting. */
final class ElementwiseCases {
  private ElementwiseCases() {}

  static void addTo(CaseList list) {
    for (DType dtype : CaseList.FLOATING) {
      unary(list, dtype);
      binary(list, dtype);
      scaled(list, dtype);
    }
  }

  private static void unary(CaseList list, DType dtype) {
    unary(list, dtype, Samplers.POSITIVE, Elementwise.LOG, Elementwise.SQRT);
    unary(list, dtype, Samplers.AWAY, Elementwise.ABS, Elementwise.RECIPROCAL, Elementwise.SIGN);
    unary(list, dtype, Samplers.NORMAL, Elementwise.EXP, Elementwise.NEGATE, Elementwise.SQUARE);
  }

  private static void unary(CaseList list, DType dtype, Sampler sampler, Pointwise... functions) {
    for (Pointwise function : functions) {
      for (Shape shape : Shapes.ANY) {
        TensorType type = new TensorType(dtype, shape);
        list.addSmooth(function.on(type), dtype, List.of(type), List.of(sampler));
      }
      for (long n : new long[] {13, 207, 4097}) {
        TensorType type = TensorType.of(dtype, n);
        list.add(function.on(type), dtype, List.of(type), List.of(Samplers.SPECIAL));
        list.add(function.on(type), dtype, List.of(type), List.of(Samplers.WIDE));
      }
    }
  }

  private static void binary(CaseList list, DType dtype) {
    for (Pointwise function :
        List.of(Elementwise.ADD, Elementwise.SUBTRACT, Elementwise.MULTIPLY)) {
      binary(list, dtype, function, Samplers.AWAY, Samplers.NORMAL);
    }
    binary(list, dtype, Elementwise.DIVIDE, Samplers.AWAY, Samplers.POSITIVE);
    for (Pointwise function : List.of(Elementwise.MAXIMUM, Elementwise.MINIMUM)) {
      // Two sets of numbers that never meet: no ties for the gradients.
      binary(list, dtype, function, Samplers.AWAY, Samplers.uniform(-0.05, 0.05));
    }
    for (Pointwise function : List.of(Elementwise.EQUAL, Elementwise.GREATER_EQUAL)) {
      binary(list, dtype, function, Samplers.TIES, Samplers.TIES);
    }
  }

  private static void binary(
      CaseList list, DType dtype, Pointwise function, Sampler first, Sampler second) {
    for (Shape[] pair : pairs()) {
      TensorType a = new TensorType(dtype, pair[0]);
      TensorType b = new TensorType(dtype, pair[1]);
      Map op = function.on(a, b);
      if (op.differentiable(0)) {
        list.addSmooth(op, dtype, List.of(a, b), List.of(first, second));
      } else {
        list.add(op, dtype, List.of(a, b), List.of(first, second));
      }
      if (a.size() + b.size() <= 10_000) {
        list.add(op, dtype, List.of(a, b), List.of(Samplers.SPECIAL, Samplers.SPECIAL));
      }
    }
  }

  /** Equal shapes, and a number, a row and a column beside a matrix, on either side. */
  private static List<Shape[]> pairs() {
    CasePairs pairs = new CasePairs();
    for (Shape shape : Shapes.ANY) {
      pairs.add(shape, shape);
      pairs.both(shape, Shape.scalar());
    }
    for (Shape shape :
        List.of(
            Shape.of(1, 1),
            Shape.of(1, 13),
            Shape.of(13, 1),
            Shape.of(2, 13),
            Shape.of(13, 64),
            Shape.of(13, 13),
            Shape.of(207, 5),
            Shape.of(7, 1000),
            Shape.of(300, 517))) {
      long rows = shape.extent(0);
      long columns = shape.extent(1);
      pairs.both(shape, Shape.of(1));
      pairs.both(shape, Shape.of(1, 1));
      pairs.both(shape, Shape.of(columns));
      pairs.both(shape, Shape.of(1, columns));
      pairs.both(shape, Shape.of(rows, 1));
    }
    return pairs.list();
  }

  private static void scaled(CaseList list, DType dtype) {
    for (double[] factors : new double[][] {{1, 0}, {-1, 1}, {0.3, -2.5}, {0, 0.7}}) {
      Pointwise affine = Elementwise.affine(factors[0], factors[1]);
      for (Shape shape : Shapes.ANY) {
        TensorType type = new TensorType(dtype, shape);
        list.addSmooth(affine.on(type), dtype, List.of(type), List.of(Samplers.NORMAL));
      }
      TensorType type = TensorType.of(dtype, 207);
      list.add(affine.on(type), dtype, List.of(type), List.of(Samplers.SPECIAL));
    }
  }
}
