package dev.lamina.oracle;

import dev.lamina.op.CountCorrect;
import dev.lamina.op.LossFunction;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;

/** Losses, their gradients, and counting right answers. */
final class Losses {
  private Losses() {}

  static Expected loss(LossFunction function, Value z, Value y) {
    boolean rows = function == LossFunction.SOFTMAX_CROSS_ENTROPY;
    int count = rows ? z.rows() : z.size();
    Sum sum = new Sum();
    for (int i = 0; i < count; i++) {
      switch (function) {
        case SOFTMAX_CROSS_ENTROPY -> crossEntropy(z, y, i, sum);
        case BINARY_CROSS_ENTROPY -> {
          double logit = z.data()[i];
          double positive = Math.max(logit, 0);
          double product = logit * y.data()[i];
          double softplus = Math.log1p(Math.exp(-Math.abs(logit)));
          sum.add(positive - product + softplus, 2 * (positive + Math.abs(product)) + 4);
        }
        case MEAN_SQUARED_ERROR -> {
          double difference = z.data()[i] - y.data()[i];
          sum.add(difference * difference, 3 * difference * difference);
        }
      }
    }
    double mean = sum.value() / count;
    return Expected.within(
        new TensorType(z.type().dtype().full(), Shape.scalar()),
        new double[] {mean},
        new double[] {sum.error() / count + Math.abs(mean)});
  }

  private static void crossEntropy(Value z, Value y, int i, Sum sum) {
    Softmaxes.Row row = Softmaxes.row(z, i);
    int n = z.columns();
    if (y.type().dtype() == DType.INT32) {
      int target = (int) y.data()[i];
      if (target < 0 || target >= n) {
        sum.add(Double.NaN);
      } else {
        sum.add(-row.log()[target], row.logError()[target]);
      }
      return;
    }
    double loss = 0;
    double error = 0;
    for (int j = 0; j < n; j++) {
      double term = y.at(i, j) * row.log()[j];
      loss -= term;
      error += Math.abs(y.at(i, j)) * row.logError()[j] + 2 * Math.sqrt(n) * Math.abs(term);
    }
    sum.add(loss, error);
  }

  static Expected gradient(LossFunction function, double dL, Value z, Value y) {
    double[] dz = new double[z.size()];
    double[] error = new double[dz.length];
    DType dtype = z.type().dtype();
    switch (function) {
      case SOFTMAX_CROSS_ENTROPY -> {
        for (int i = 0; i < z.rows(); i++) {
          crossEntropyGradient(dL, z, y, i, dz, error);
        }
      }
      case BINARY_CROSS_ENTROPY -> {
        for (int i = 0; i < dz.length; i++) {
          double p = 1 / (1 + Math.exp(-z.data()[i]));
          double factor = dL / dz.length;
          dz[i] = (p - y.data()[i]) * factor;
          error[i] =
              Math.abs(factor) * (Rounding.FUNCTION * p + Math.abs(y.data()[i]))
                  + 2 * Math.abs(dz[i])
                  + Rounding.flush(dtype);
        }
      }
      case MEAN_SQUARED_ERROR -> {
        for (int i = 0; i < dz.length; i++) {
          dz[i] = 2 * (z.data()[i] - y.data()[i]) / dz.length * dL;
          error[i] = 4 * Math.abs(dz[i]);
        }
      }
    }
    return Expected.within(z.type(), dz, error);
  }

  private static void crossEntropyGradient(
      double dL, Value z, Value y, int i, double[] dz, double[] error) {
    Softmaxes.Row row = Softmaxes.row(z, i);
    int n = z.columns();
    boolean labels = y.type().dtype() == DType.INT32;
    int target = labels ? (int) y.data()[i] : -1;
    boolean unknown = labels && (target < 0 || target >= n);
    Sum mass = new Sum();
    for (int j = 0; j < n; j++) {
      mass.add(labels ? (j == target ? 1 : 0) : y.at(i, j));
    }
    double factor = dL / z.rows();
    for (int j = 0; j < n; j++) {
      int at = i * n + j;
      double t = labels ? (j == target ? 1 : 0) : y.at(i, j);
      double p = row.p()[j];
      dz[at] = unknown ? Double.NaN : (p * mass.value() - t) * factor;
      double massError = labels ? 0 : p * mass.error();
      error[at] =
          Math.abs(factor) * (row.pError()[j] * Math.abs(mass.value()) + massError + Math.abs(t))
              + 2 * Math.abs(dz[at])
              + Rounding.flush(z.type().dtype());
    }
  }

  static Expected countCorrect(CountCorrect.Rule rule, Value z, Value y, Value counter) {
    double right = 0;
    switch (rule) {
      case LARGEST -> {
        for (int i = 0; i < z.rows(); i++) {
          int target = y.type().dtype() == DType.INT32 ? (int) y.data()[i] : firstLargest(y, i);
          int guess = firstLargest(z, i);
          right += guess >= 0 && guess == target ? 1 : 0;
        }
      }
      case SIGN -> {
        for (int i = 0; i < z.size(); i++) {
          double logit = z.data()[i];
          double target = y.data()[i];
          boolean known = !Double.isNaN(logit) && !Double.isNaN(target);
          right += known && logit > 0 == target > 0.5 ? 1 : 0;
        }
      }
    }
    return Expected.exact(counter.type(), new double[] {counter.single() + right});
  }

  /** The position of the first largest element of a row, -1 if there is a NaN. */
  private static int firstLargest(Value x, int i) {
    int best = 0;
    for (int j = 0; j < x.columns(); j++) {
      if (Double.isNaN(x.at(i, j))) {
        return -1;
      }
      best = x.at(i, j) > x.at(i, best) ? j : best;
    }
    return best;
  }
}
