package dev.lamina.cpu;

/** Softmax along rows, and its gradient. */
final class PlainSoftmax {
  private PlainSoftmax() {}

  /** What is done with a row that starts at position {@code at}. */
  interface Row {
    void run(Scratch s, long at, int n);
  }

  /** A task that does each row of [m, n]. */
  static Task rows(Buffer matrix, Row row) {
    long m = matrix.type().shape().rows();
    int n = Math.toIntExact(matrix.type().shape().columns());
    return Tasks.of(
        Cut.rows(m, n),
        (chunk, from, to) -> {
          Scratch s = Scratch.get(n);
          for (long i = from; i < to; i++) {
            row.run(s, i * n, n);
          }
        });
  }

  static Task softmax(boolean log, Buffer x, Buffer y) {
    return rows(
        x,
        (s, at, n) -> {
          double[] a = s.a;
          s.load(x, at, n, a);
          subtractMax(a, n);
          if (log) {
            double shift = Math.log(exp(a, s.b, n));
            for (int j = 0; j < n; j++) {
              a[j] -= shift;
            }
          } else {
            double scale = 1 / exp(a, a, n);
            for (int j = 0; j < n; j++) {
              a[j] *= scale;
            }
          }
          s.store(a, n, y, at);
        });
  }

  static Task gradient(boolean log, Buffer dY, Buffer y, Buffer dX) {
    return rows(
        dX,
        (s, at, n) -> {
          double[] d = s.a;
          double[] p = s.b;
          s.load(dY, at, n, d);
          s.load(y, at, n, p);
          double sum = 0;
          if (log) {
            for (int j = 0; j < n; j++) {
              sum += d[j];
            }
            for (int j = 0; j < n; j++) {
              d[j] -= Math.exp(p[j]) * sum;
            }
          } else {
            for (int j = 0; j < n; j++) {
              sum += d[j] * p[j];
            }
            for (int j = 0; j < n; j++) {
              d[j] = p[j] * (d[j] - sum);
            }
          }
          s.store(d, n, dX, at);
        });
  }

  /** Subtracts the largest element, so that the largest exponential is 1. */
  static void subtractMax(double[] x, int n) {
    double max = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < n; j++) {
      max = Math.max(max, x[j]);
    }
    for (int j = 0; j < n; j++) {
      x[j] -= max;
    }
  }

  /** y = e<sup>x</sup>; returns the sum. */
  static double exp(double[] x, double[] y, int n) {
    double sum = 0;
    for (int j = 0; j < n; j++) {
      y[j] = Math.exp(x[j]);
      sum += y[j];
    }
    return sum;
  }
}
