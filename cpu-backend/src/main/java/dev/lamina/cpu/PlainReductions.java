package dev.lamina.cpu;

import dev.lamina.op.Reduce;
import dev.lamina.op.Reduce.Kind;
import dev.lamina.type.Shape;
import java.util.Arrays;
import java.util.List;

/** Sums, means, maxima and their positions, and a formula with its column sums. */
final class PlainReductions {
  /** Columns of a chunk that owns whole columns. */
  private static final int COLUMNS = 512;

  private PlainReductions() {}

  static List<Task> reduce(Reduce op, Buffer x, Buffer y, Workspace workspace) {
    Shape shape = x.type().shape();
    double scale = op.kind() == Kind.MEAN ? 1.0 / op.count(shape) : 1;
    return switch (op.axis()) {
      case ALL -> all(op.kind(), scale, x, y, workspace);
      case COLUMNS -> List.of(alongRows(op.kind(), scale, x, y));
      case ROWS -> List.of(downColumns(op.kind(), scale, x, y));
    };
  }

  private static List<Task> all(Kind kind, double scale, Buffer x, Buffer y, Workspace workspace) {
    boolean max = kind == Kind.MAX;
    Cut cut = Cut.elements(x.type().size());
    Partials partials = new Partials(cut.chunks(), workspace);
    Task work =
        Tasks.of(
            cut,
            (chunk, from, to) -> {
              Scratch s = Scratch.get();
              double result = max ? Double.NEGATIVE_INFINITY : 0;
              for (long at = from; at < to; at += Scratch.BLOCK) {
                int n = (int) Math.min(Scratch.BLOCK, to - at);
                s.load(x, at, n, s.a);
                result = max ? Math.max(result, max(s.a, n)) : result + sum(s.a, n);
              }
              partials.set(chunk, result);
            });
    return Tasks.then(work, () -> Scratch.set(y, 0, max ? partials.max() : partials.sum() * scale));
  }

  private static Task alongRows(Kind kind, double scale, Buffer x, Buffer y) {
    return PlainSoftmax.rows(
        x,
        (s, at, n) -> {
          s.load(x, at, n, s.a);
          Scratch.set(y, at / n, kind == Kind.MAX ? max(s.a, n) : sum(s.a, n) * scale);
        });
  }

  private static Task downColumns(Kind kind, double scale, Buffer x, Buffer y) {
    long rows = x.type().shape().rows();
    long columns = x.type().shape().columns();
    return Tasks.of(
        new Cut(columns, COLUMNS),
        (chunk, from, to) -> {
          Scratch s = Scratch.get();
          int n = (int) (to - from);
          double[] total = s.c;
          Arrays.fill(total, 0, n, kind == Kind.MAX ? Double.NEGATIVE_INFINITY : 0);
          for (long i = 0; i < rows; i++) {
            s.load(x, i * columns + from, n, s.a);
            if (kind == Kind.MAX) {
              maximum(total, s.a, n);
            } else {
              add(total, s.a, n);
            }
          }
          for (int j = 0; j < n; j++) {
            total[j] *= scale;
          }
          s.store(total, n, y, from);
        });
  }

  /** A formula over a matrix, and the sums of the columns of its result z. */
  static Task mapWithColumnSums(FormulaTask formula, Buffer z, Buffer sums) {
    ColumnSums both = new ColumnSums(formula, z, false);
    int rows = Math.toIntExact(z.type().shape().rows());
    return Tasks.of(
        new Cut(z.type().shape().columns(), COLUMNS),
        (chunk, from, to) -> both.run(from, rows, (int) (to - from), sums, from));
  }

  static Task argMax(Reduce.Axis axis, Buffer x, Buffer y) {
    if (axis == Reduce.Axis.COLUMNS) {
      return PlainSoftmax.rows(
          x,
          (s, at, n) -> {
            s.load(x, at, n, s.a);
            s.b[0] = argMax(s.a, n);
            s.store(s.b, 1, y, at / n);
          });
    }
    long rows = x.type().shape().rows();
    long columns = x.type().shape().columns();
    return Tasks.of(
        new Cut(columns, COLUMNS),
        (chunk, from, to) -> {
          Scratch s = Scratch.get();
          int n = (int) (to - from);
          double[] best = s.b;
          double[] index = s.c;
          s.load(x, from, n, best);
          Arrays.fill(index, 0, n, 0);
          for (long i = 1; i < rows; i++) {
            s.load(x, i * columns + from, n, s.a);
            for (int j = 0; j < n; j++) {
              if (isLarger(s.a[j], best[j])) {
                best[j] = s.a[j];
                index[j] = i;
              }
            }
          }
          s.store(index, n, y, from);
        });
  }

  static void add(double[] total, double[] x, int n) {
    for (int j = 0; j < n; j++) {
      total[j] += x[j];
    }
  }

  private static void maximum(double[] total, double[] x, int n) {
    for (int j = 0; j < n; j++) {
      total[j] = Math.max(total[j], x[j]);
    }
  }

  /** The sum, in four interleaved parts, so that an addition need not wait for the one before. */
  private static double sum(double[] x, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < n; i += 4) {
      s0 += x[i];
      s1 += x[i + 1];
      s2 += x[i + 2];
      s3 += x[i + 3];
    }
    for (; i < n; i++) {
      s0 += x[i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  /** The sum of the squares, in four interleaved parts. */
  static double sumOfSquares(double[] x, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < n; i += 4) {
      s0 += x[i] * x[i];
      s1 += x[i + 1] * x[i + 1];
      s2 += x[i + 2] * x[i + 2];
      s3 += x[i + 3] * x[i + 3];
    }
    for (; i < n; i++) {
      s0 += x[i] * x[i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  private static double max(double[] x, int n) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, x[i]);
    }
    return max;
  }

  /** The position of the largest element, the first of equals; NaN counts as largest. */
  static int argMax(double[] x, int n) {
    int best = 0;
    for (int i = 1; i < n; i++) {
      if (isLarger(x[i], x[best])) {
        best = i;
      }
    }
    return best;
  }

  private static boolean isLarger(double x, double best) {
    return x > best || Double.isNaN(x) && !Double.isNaN(best);
  }
}
