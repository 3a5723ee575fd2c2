package dev.lamina.suite;

import dev.lamina.op.AddScaled;
import dev.lamina.op.Affine;
import dev.lamina.op.Binary;
import dev.lamina.op.Unary;
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
    for (Unary.Function function : Unary.Function.values()) {
      Unary op = new Unary(function);
      Sampler sampler =
          switch (function) {
            case LOG, SQRT -> Samplers.POSITIVE;
            case ABS, RECIPROCAL, SIGN -> Samplers.AWAY;
            case EXP, NEGATE, SQUARE -> Samplers.NORMAL;
          };
      for (Shape shape : Shapes.ANY) {
        list.addSmooth(op, dtype, List.of(new TensorType(dtype, shape)), List.of(sampler));
      }
      for (long n : new long[] {13, 207, 4097}) {
        TensorType type = TensorType.of(dtype, n);
        list.add(op, dtype, List.of(type), List.of(Samplers.SPECIAL));
        list.add(op, dtype, List.of(type), List.of(Samplers.WIDE));
      }
    }
  }

  private static void binary(CaseList list, DType dtype) {
    for (Binary.Kind kind : Binary.Kind.values()) {
      Binary op = new Binary(kind);
      boolean compares = kind == Binary.Kind.EQUAL || kind == Binary.Kind.GREATER_EQUAL;
      // Two sets of numbers that never meet: no ties for the gradients of maximum and minimum.
      Sampler first = compares ? Samplers.TIES : Samplers.AWAY;
      Sampler second =
          switch (kind) {
            case EQUAL, GREATER_EQUAL -> Samplers.TIES;
            case DIVIDE -> Samplers.POSITIVE;
            case MAXIMUM, MINIMUM -> Samplers.uniform(-0.05, 0.05);
            default -> Samplers.NORMAL;
          };
      for (Shape[] pair : pairs()) {
        List<TensorType> types =
            List.of(new TensorType(dtype, pair[0]), new TensorType(dtype, pair[1]));
        if (compares) {
          list.add(op, dtype, types, List.of(first, second));
        } else {
          list.addSmooth(op, dtype, types, List.of(first, second));
        }
        if (types.getFirst().size() + types.getLast().size() <= 10_000) {
          list.add(op, dtype, types, List.of(Samplers.SPECIAL, Samplers.SPECIAL));
        }
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
      Affine affine = new Affine(factors[0], factors[1]);
      for (Shape shape : Shapes.ANY) {
        TensorType type = new TensorType(dtype, shape);
        list.addSmooth(affine, dtype, List.of(type), List.of(Samplers.NORMAL));
      }
      list.add(affine, dtype, List.of(TensorType.of(dtype, 207)), List.of(Samplers.SPECIAL));
    }
    for (double[] factors : new double[][] {{1, 1}, {1, -1}, {0.3, -2.5}, {-0.9, 0.1}}) {
      AddScaled add = new AddScaled(factors[0], factors[1]);
      for (Shape shape : Shapes.ANY) {
        TensorType type = new TensorType(dtype, shape);
        list.addSmooth(add, dtype, List.of(type, type), List.of(Samplers.NORMAL, Samplers.NORMAL));
      }
      TensorType type = TensorType.of(dtype, 207);
      list.add(
          add, dtype, List.of(type, type), List.of(Samplers.SPECIAL_TERMS, Samplers.SPECIAL_TERMS));
    }
  }
}
