package dev.lamina.suite;

import dev.lamina.op.Concat;
import dev.lamina.op.Copy;
import dev.lamina.op.Elementwise;
import dev.lamina.op.Fill;
import dev.lamina.op.GatherRows;
import dev.lamina.op.Map;
import dev.lamina.op.Op;
import dev.lamina.op.Reduce;
import dev.lamina.op.Reshape;
import dev.lamina.op.Slice;
import dev.lamina.op.StopGradient;
import dev.lamina.op.Transpose;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.Collections;
import java.util.List;

/** Operations that move, repeat and convert elements, for every type. */
final class MoveCases {
  private MoveCases() {}

  static void addTo(CaseList list) {
    for (DType dtype : DType.values()) {
      copies(list, dtype);
      parts(list, dtype);
      for (DType to : DType.values()) {
        casts(list, dtype, to);
      }
      gathers(list, dtype);
    }
    for (DType dtype : CaseList.FLOATING) {
      broadcasts(list, dtype);
    }
  }

  /** Every value that the type has, the special ones included. */
  private static Sampler anything(DType dtype) {
    return switch (dtype) {
      case FP32, FP64, BF16 -> Samplers.SPECIAL;
      case INT32 -> Samplers.INTS;
      case UINT8 -> Samplers.BYTES;
    };
  }

  private static void copies(CaseList list, DType dtype) {
    for (Shape shape : Shapes.ANY) {
      TensorType type = new TensorType(dtype, shape);
      list.add(new Copy(), dtype, List.of(type), List.of(anything(dtype)));
      list.addSmooth(new Copy(), dtype, List.of(type), List.of(sample(dtype)));
      list.add(new Fill(0, type), dtype, List.of(), List.of());
      list.add(new Fill(dtype.isFloating() ? -0.1 : 37, type), dtype, List.of(), List.of());
      if (dtype.isFloating()) {
        list.add(new Fill(Double.NaN, type), dtype, List.of(), List.of());
        list.add(new Fill(Double.NEGATIVE_INFINITY, type), dtype, List.of(), List.of());
      }
    }
    for (Shape shape : Shapes.MATRICES) {
      TensorType type = new TensorType(dtype, shape);
      list.add(new Transpose(), dtype, List.of(type), List.of(anything(dtype)));
      list.addSmooth(new Transpose(), dtype, List.of(type), List.of(sample(dtype)));
    }
  }

  /** Shapes, and what is cut off at the front, taken, and left. */
  private static void parts(CaseList list, DType dtype) {
    for (long m : new long[] {1, 13, 207}) {
      for (long[] cut :
          new long[][] {{0, 1, 0}, {3, 4, 1}, {0, 16, 48}, {64, 32, 0}, {5, 60, 142}}) {
        long n = cut[0] + cut[1] + cut[2];
        for (Reduce.Axis axis : List.of(Reduce.Axis.ROWS, Reduce.Axis.COLUMNS)) {
          boolean rows = axis == Reduce.Axis.ROWS;
          move(list, new Slice(axis, cut[0], cut[0] + cut[1]), dtype, matrix(dtype, rows, m, n));
          TensorType first = matrix(dtype, rows, m, cut[1]);
          TensorType second = matrix(dtype, rows, m, n);
          move(list, new Concat(axis, 1), dtype, first);
          move(list, new Concat(axis, 2), dtype, first, second);
          move(list, new Concat(axis, 4), dtype, second, first, first, matrix(dtype, rows, m, 3));
        }
      }
    }
    Reduce.Axis rows = Reduce.Axis.ROWS;
    move(list, new Slice(rows, 2, 5), dtype, TensorType.of(dtype, 207));
    move(list, new Slice(rows, 1, 2), dtype, TensorType.of(dtype, 2, 3, 13));
    move(list, new Concat(rows, 2), dtype, TensorType.of(dtype, 13), TensorType.of(dtype, 64));
    TensorType box = TensorType.of(dtype, 2, 3, 13);
    move(list, new Concat(rows, 2), dtype, box, TensorType.of(dtype, 1, 3, 13));
    move(list, new Slice(Reduce.Axis.COLUMNS, 7, 500), dtype, TensorType.of(dtype, 300, 517));
    move(list, new Reshape(Shape.of(6, 13)), dtype, box);
    move(list, new Reshape(Shape.scalar()), dtype, TensorType.of(dtype, 1, 1));
    move(list, new Reshape(Shape.of(517, 300)), dtype, TensorType.of(dtype, 300, 517));
    for (Shape shape : Shapes.ANY) {
      TensorType type = new TensorType(dtype, shape);
      list.add(new StopGradient(), dtype, List.of(type), List.of(anything(dtype)));
    }
  }

  private static TensorType matrix(DType dtype, boolean rows, long m, long n) {
    return rows ? TensorType.of(dtype, n, m) : TensorType.of(dtype, m, n);
  }

  private static void move(CaseList list, Op op, DType dtype, TensorType... types) {
    list.add(op, dtype, List.of(types), Collections.nCopies(types.length, anything(dtype)));
    list.addSmooth(op, dtype, List.of(types), Collections.nCopies(types.length, sample(dtype)));
  }

  private static Sampler sample(DType dtype) {
    return dtype.isFloating() ? Samplers.NORMAL : anything(dtype);
  }

  private static void casts(CaseList list, DType from, DType to) {
    DType needed = needed(from, to);
    for (Shape shape : Shapes.ANY) {
      TensorType type = new TensorType(from, shape);
      Map op = Elementwise.cast(type, to);
      list.add(op, needed, List.of(type), List.of(anything(from)));
      if (from.isFloating()) {
        Sampler around = to.isFloating() ? Samplers.NORMAL : Samplers.uniform(-100, 400);
        if (to == DType.FP64 && from != DType.BF16) {
          list.addSmooth(op, needed, List.of(type), List.of(around));
        } else {
          list.add(op, needed, List.of(type), List.of(around));
        }
        list.add(op, needed, List.of(type), List.of(Samplers.uniform(-3e9, 3e9)));
      }
    }
  }

  /** The type of both that fewer devices have. */
  private static DType needed(DType from, DType to) {
    if (from == DType.FP64 || to == DType.FP64) {
      return DType.FP64;
    }
    return to == DType.BF16 ? to : from;
  }

  private static void gathers(CaseList list, DType from) {
    for (DType to : DType.values()) {
      if (!to.isFloating() && to != from) {
        continue;
      }
      DType needed = needed(from, to);
      for (long samples : new long[] {1, 207, 1000}) {
        for (long batch : new long[] {1, 13, 300}) {
          for (long columns : new long[] {1, 13, 64, 207}) {
            gather(list, GatherRows.to(to), needed, from, batch, samples, columns);
          }
          gather(list, GatherRows.to(to), needed, from, batch, samples);
          if (to.isFloating()) {
            gather(list, new GatherRows(to, 1 / 255.0, -0.5), needed, from, batch, samples, 13);
            gather(list, new GatherRows(to, 2, 0), needed, from, batch, samples);
          }
        }
      }
      gather(list, GatherRows.to(to), needed, from, 64, 100, 785);
    }
  }

  private static void gather(
      CaseList list, GatherRows op, DType needed, DType from, long batch, long... shape) {
    list.add(
        op,
        needed,
        List.of(TensorType.of(from, shape), TensorType.of(DType.INT32, batch)),
        List.of(op.scale() == 1 ? anything(from) : sample(from), Samplers.labels(shape[0])));
  }

  private static void broadcasts(CaseList list, DType dtype) {
    for (Shape target : Shapes.ANY) {
      broadcast(list, dtype, Shape.scalar(), target);
      broadcast(list, dtype, Shape.of(1), target);
      broadcast(list, dtype, target, target);
    }
    for (Shape target : Shapes.MATRICES) {
      broadcast(list, dtype, Shape.of(1, 1), target);
      broadcast(list, dtype, Shape.of(target.extent(1)), target);
      broadcast(list, dtype, Shape.of(1, target.extent(1)), target);
      broadcast(list, dtype, Shape.of(target.extent(0), 1), target);
    }
  }

  private static void broadcast(CaseList list, DType dtype, Shape from, Shape target) {
    TensorType type = new TensorType(dtype, from);
    Map op = Elementwise.broadcast(type, target);
    list.addSmooth(op, dtype, List.of(type), List.of(Samplers.NORMAL));
    list.add(op, dtype, List.of(type), List.of(Samplers.SPECIAL));
  }
}
