package dev.lamina.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.lamina.type.DType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Softmax along rows, its gradient, and the cross-entropy of it. */
final class VectorSoftmax {
  private VectorSoftmax() {}

  /** What is done with the row of n elements that starts at byte {@code at}. */
  interface Row {
    void run(long at, int n);
  }

  /** A task that does each row of [m, n]. */
  static Task rows(Buffer matrix, Row row) {
    long m = matrix.type().shape().rows();
    int n = Math.toIntExact(matrix.type().shape().columns());
    return Tasks.of(
        Cut.rows(m, n),
        (chunk, from, to) -> {
          for (long i = from; i < to; i++) {
            row.run(4L * n * i, n);
          }
        });
  }

  static Task softmax(boolean log, Buffer x, Buffer y) {
    MemorySegment in = x.segment();
    MemorySegment out = y.segment();
    if (log) {
      return rows(
          x,
          (at, n) -> {
            float max = VectorRows.max(in, at, n);
            float sum = VectorRows.sumExp(in, max, at, n);
            VectorRows.subtract(in, max, (float) Math.log(sum), out, at, n);
          });
    }
    return rows(
        x,
        (at, n) -> {
          float max = VectorRows.max(in, at, n);
          float sum = VectorRows.exp(in, max, out, at, n);
          VectorRows.scale(out, 1 / sum, at, n);
        });
  }

  static Task gradient(boolean log, Buffer dY, Buffer y, Buffer dX) {
    MemorySegment d = dY.segment();
    MemorySegment p = y.segment();
    MemorySegment out = dX.segment();
    if (log) {
      return rows(
          dX, (at, n) -> VectorRows.logSoftmaxGradient(d, p, VectorRows.sum(d, at, n), out, at, n));
    }
    return rows(
        dX, (at, n) -> VectorRows.softmaxGradient(d, p, VectorRows.dot(d, p, at, n), out, at, n));
  }

  /**
   * Softmax cross-entropy, its gradient, or both at once.
   *
   * @param dL what the gradient is multiplied by, null for 1
   * @param dz the gradient, null if only the loss is wanted
   * @param loss the loss, null if only the gradient is wanted
   */
  static List<Task> crossEntropy(
      Buffer dL, Buffer z, Buffer y, Buffer dz, Buffer loss, Workspace workspace) {
    long m = z.type().shape().rows();
    int n = Math.toIntExact(z.type().shape().columns());
    boolean classes = y.type().dtype() == DType.INT32;
    MemorySegment logits = z.segment();
    MemorySegment targets = y.segment();
    MemorySegment gradient = dz == null ? null : dz.segment();
    Cut cut = Cut.rows(m, n);
    Partials partials = new Partials(cut.chunks(), workspace);
    Task work =
        Tasks.of(
            cut,
            (chunk, from, to) -> {
              float scale = (float) ((dL == null ? 1 : Scratch.get(dL, 0)) / m);
              double sum = 0;
              for (long i = from; i < to; i++) {
                sum +=
                    classes
                        ? classes(logits, targets, gradient, i, n, scale)
                        : probabilities(logits, targets, gradient, i, n, scale);
              }
              partials.set(chunk, sum);
            });
    return loss == null
        ? List.of(work)
        : Tasks.then(work, () -> Scratch.set(loss, 0, partials.sum() / m));
  }

  private static double classes(
      MemorySegment z, MemorySegment y, MemorySegment dz, long i, int n, float scale) {
    int target = y.getAtIndex(JAVA_INT, i);
    long at = 4L * n * i;
    if (target < 0 || target >= n) {
      if (dz != null) {
        VectorRows.fill(dz, Float.NaN, at, n);
      }
      return Double.NaN;
    }
    long hit = at + 4L * target;
    float max = VectorRows.max(z, at, n);
    float logit = z.get(JAVA_FLOAT, hit) - max; // before dz takes the place of z
    float sum;
    if (dz == null) {
      sum = VectorRows.sumExp(z, max, at, n);
    } else {
      sum = VectorRows.exp(z, max, dz, at, n);
      VectorRows.scale(dz, scale / sum, at, n);
      dz.set(JAVA_FLOAT, hit, dz.get(JAVA_FLOAT, hit) - scale);
    }
    return Math.log(sum) - logit;
  }

  private static double probabilities(
      MemorySegment z, MemorySegment y, MemorySegment dz, long i, int n, float scale) {
    long at = 4L * n * i;
    float max = VectorRows.max(z, at, n);
    float total = VectorRows.sum(y, at, n);
    float dot = VectorRows.dotShifted(z, max, y, at, n);
    float sum;
    if (dz == null) {
      sum = VectorRows.sumExp(z, max, at, n);
    } else {
      sum = VectorRows.exp(z, max, dz, at, n);
      VectorRows.combine(dz, scale * total / sum, y, scale, at, n);
    }
    return total * Math.log(sum) - dot;
  }
}
