package dev.lamina.cpu;

import dev.lamina.op.CountCorrect;
import dev.lamina.op.LossFunction;
import dev.lamina.type.DType;
import java.util.Arrays;
import java.util.List;

/** The loss functions, their gradients, and the count of right answers. */
final class PlainLosses {
  private PlainLosses() {}

  /** Adds to the loss what n elements from {@code at} on, or one row, contribute. */
  private interface Part {
    double run(Scratch s, long at, int n, double scale);
  }

  /**
   * A loss, its gradient, or both at once.
   *
   * @param dL what the gradient is multiplied by, null for 1
   * @param dz the gradient, null if only the loss is wanted
   * @param loss the loss, null if only the gradient is wanted
   */
  static List<Task> bind(
      LossFunction function,
      Buffer dL,
      Buffer z,
      Buffer y,
      Buffer dz,
      Buffer loss,
      Workspace workspace) {
    boolean byRow = function.byRow();
    long count = byRow ? z.type().shape().rows() : z.type().size();
    int columns = byRow ? Math.toIntExact(z.type().shape().columns()) : 1;
    Part part =
        switch (function) {
          case SOFTMAX_CROSS_ENTROPY ->
              y.type().dtype() == DType.INT32
                  ? (s, at, n, scale) -> classes(s, z, y, dz, at, n, scale)
                  : (s, at, n, scale) -> probabilities(s, z, y, dz, at, n, scale);
          case BINARY_CROSS_ENTROPY -> (s, at, n, scale) -> binary(s, z, y, dz, at, n, scale);
          case MEAN_SQUARED_ERROR -> (s, at, n, scale) -> squared(s, z, y, dz, at, n, scale);
        };
    Cut cut = byRow ? Cut.rows(count, columns) : Cut.elements(count);
    Partials partials = new Partials(cut.chunks(), workspace);
    Task work =
        Tasks.of(
            cut,
            (chunk, from, to) -> {
              Scratch s = Scratch.get(columns);
              double scale = (dL == null ? 1 : Scratch.get(dL, 0)) / count;
              long step = byRow ? 1 : Scratch.BLOCK;
              double sum = 0;
              for (long at = from; at < to; at += step) {
                int n = byRow ? columns : (int) Math.min(step, to - at);
                sum += part.run(s, at * columns, n, scale);
              }
              partials.set(chunk, sum);
            });
    return loss == null
        ? List.of(work)
        : Tasks.then(work, () -> Scratch.set(loss, 0, partials.sum() / count));
  }

  private static double classes(
      Scratch s, Buffer z, Buffer y, Buffer dz, long at, int n, double scale) {
    int target = (int) Scratch.get(y, at / n);
    double[] a = s.a;
    if (target < 0 || target >= n) {
      if (dz != null) {
        Arrays.fill(a, 0, n, Double.NaN);
        s.store(a, n, dz, at);
      }
      return Double.NaN;
    }
    s.load(z, at, n, a);
    PlainSoftmax.subtractMax(a, n);
    double logit = a[target];
    double sum = PlainSoftmax.exp(a, a, n);
    if (dz != null) {
      for (int j = 0; j < n; j++) {
        a[j] = a[j] / sum * scale;
      }
      a[target] -= scale;
      s.store(a, n, dz, at);
    }
    return Math.log(sum) - logit;
  }

  private static double probabilities(
      Scratch s, Buffer z, Buffer y, Buffer dz, long at, int n, double scale) {
    double[] a = s.a;
    double[] p = s.b;
    s.load(z, at, n, a);
    s.load(y, at, n, p);
    PlainSoftmax.subtractMax(a, n);
    double total = 0;
    double dot = 0;
    for (int j = 0; j < n; j++) {
      total += p[j];
      dot += p[j] * a[j];
    }
    double sum = PlainSoftmax.exp(a, a, n);
    if (dz != null) {
      for (int j = 0; j < n; j++) {
        a[j] = (a[j] / sum * total - p[j]) * scale;
      }
      s.store(a, n, dz, at);
    }
    return total * Math.log(sum) - dot;
  }

  private static double binary(
      Scratch s, Buffer z, Buffer y, Buffer dz, long at, int n, double scale) {
    double[] a = s.a;
    double[] t = s.b;
    s.load(z, at, n, a);
    s.load(y, at, n, t);
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double x = a[i];
      sum += Math.max(x, 0) - x * t[i] + Math.log1p(Math.exp(-Math.abs(x)));
    }
    if (dz != null) {
      for (int i = 0; i < n; i++) {
        a[i] = (1 / (1 + Math.exp(-a[i])) - t[i]) * scale;
      }
      s.store(a, n, dz, at);
    }
    return sum;
  }

  private static double squared(
      Scratch s, Buffer z, Buffer y, Buffer dz, long at, int n, double scale) {
    double[] a = s.a;
    double[] t = s.b;
    s.load(z, at, n, a);
    s.load(y, at, n, t);
    for (int i = 0; i < n; i++) {
      t[i] = a[i] - t[i];
    }
    double sum = PlainReductions.sumOfSquares(t, n);
    if (dz != null) {
      for (int i = 0; i < n; i++) {
        t[i] *= 2 * scale;
      }
      s.store(t, n, dz, at);
    }
    return sum;
  }

  static List<Task> countCorrect(
      CountCorrect.Rule rule, Buffer z, Buffer y, Buffer counter, Workspace workspace) {
    boolean byRow =
        switch (rule) {
          case LARGEST -> true;
          case SIGN -> false;
        };
    long rows = byRow ? z.type().shape().rows() : z.type().size();
    int columns = byRow ? Math.toIntExact(z.type().shape().columns()) : 1;
    boolean classes = y.type().dtype() == DType.INT32;
    Cut cut = byRow ? Cut.rows(rows, columns) : Cut.elements(rows);
    Partials partials = new Partials(cut.chunks(), workspace);
    Task work =
        Tasks.of(
            cut,
            (chunk, from, to) -> {
              Scratch s = Scratch.get(columns);
              long right = 0;
              for (long i = from; i < to; i++) {
                boolean hit =
                    byRow
                        ? rightRow(s, z, y, i, columns, classes)
                        : rightElement(Scratch.get(z, i), Scratch.get(y, i));
                right += hit ? 1 : 0;
              }
              partials.set(chunk, right);
            });
    return Tasks.then(
        work, () -> Scratch.set(counter, 0, Scratch.get(counter, 0) + partials.sum()));
  }

  private static boolean rightElement(double z, double y) {
    return !Double.isNaN(z) && !Double.isNaN(y) && (z > 0) == (y > 0.5);
  }

  private static boolean rightRow(Scratch s, Buffer z, Buffer y, long i, int n, boolean classes) {
    s.load(z, i * n, n, s.a);
    int answer = PlainReductions.argMax(s.a, n);
    if (Double.isNaN(s.a[answer])) {
      return false;
    }
    if (classes) {
      return answer == (int) Scratch.get(y, i);
    }
    s.load(y, i * n, n, s.b);
    int target = PlainReductions.argMax(s.b, n);
    return answer == target && !Double.isNaN(s.b[target]);
  }
}
