package dev.lamina.oracle;

import dev.lamina.op.Softmax;
import dev.lamina.op.SoftmaxGradient;
import dev.lamina.type.DType;

/** Softmax and its logarithm. */
final class Softmaxes {
  private Softmaxes() {}

  /** The softmax of one row, both as it is and as its logarithm, with their errors. */
  record Row(double[] p, double[] pError, double[] log, double[] logError) {}

  static Row row(Value x, int i) {
    int n = x.columns();
    DType dtype = x.type().dtype();
    double max = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < n; j++) {
      max = Math.max(max, x.at(i, j));
    }
    double sum = 0;
    for (int j = 0; j < n; j++) {
      sum += Math.exp(x.at(i, j) - max);
    }
    double logSum = Math.log(sum);
    // The relative error of the sum of n positive terms.
    double sumError = Rounding.FUNCTION + 2 * Math.sqrt(n);
    double[] p = new double[n];
    double[] pError = new double[n];
    double[] log = new double[n];
    double[] logError = new double[n];
    for (int j = 0; j < n; j++) {
      double shifted = x.at(i, j) - max;
      p[j] = Math.exp(shifted) / sum;
      log[j] = shifted - logSum;
      double relative = Math.abs(shifted) + Rounding.FUNCTION + sumError;
      pError[j] = (p[j] == 0 ? 0 : p[j] * relative) + Rounding.flush(dtype);
      logError[j] = 2 * Math.abs(shifted) + 2 * Math.abs(logSum) + sumError;
    }
    return new Row(p, pError, log, logError);
  }

  static Result forward(Softmax op, Value x) {
    int n = x.columns();
    double[] y = new double[x.size()];
    double[] error = new double[y.length];
    for (int i = 0; i < x.rows(); i++) {
      Row row = row(x, i);
      System.arraycopy(op.log() ? row.log() : row.p(), 0, y, i * n, n);
      System.arraycopy(op.log() ? row.logError() : row.pError(), 0, error, i * n, n);
    }
    return Result.of(Expected.within(x.type(), y, error));
  }

  static Result backward(SoftmaxGradient op, Value dY, Value y) {
    int n = y.columns();
    double[] dX = new double[y.size()];
    double[] error = new double[dX.length];
    for (int i = 0; i < y.rows(); i++) {
      Sum sum = new Sum();
      for (int j = 0; j < n; j++) {
        sum.add(op.log() ? dY.at(i, j) : dY.at(i, j) * y.at(i, j));
      }
      double s = sum.value();
      for (int j = 0; j < n; j++) {
        int at = i * n + j;
        double d = dY.at(i, j);
        double p = op.log() ? Math.exp(y.at(i, j)) : y.at(i, j);
        dX[at] = op.log() ? d - p * s : p * (d - s);
        error[at] =
            op.log()
                ? p * (sum.error() + Rounding.FUNCTION * Math.abs(s)) + 2 * Math.abs(d)
                : Math.abs(p) * (sum.error() + 2 * Math.abs(s) + 2 * Math.abs(d));
      }
    }
    return Result.of(Expected.within(dY.type(), dX, error));
  }
}
