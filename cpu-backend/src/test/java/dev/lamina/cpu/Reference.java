package dev.lamina.cpu;

import dev.lamina.op.Activation;
import dev.lamina.op.AdamStep;
import dev.lamina.op.LossFunction;
import dev.lamina.op.SgdStep;
import java.util.Arrays;

/** What operations are, computed one number at a time in double precision. */
final class Reference {
  private Reference() {}

  /** φ(x). */
  static double activate(Activation activation, double x) {
    return switch (activation) {
      case IDENTITY -> x;
      case RELU -> Double.isNaN(x) ? x : Math.max(0, x);
      case SIGMOID -> 1 / (1 + Math.exp(-x));
      case TANH -> Math.tanh(x);
      case GELU -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
    };
  }

  /** φ' of y = φ(x), or of x for GELU. */
  static double derivative(Activation activation, double y) {
    return switch (activation) {
      case IDENTITY -> 1;
      case RELU -> y > 0 ? 1 : 0;
      case SIGMOID -> y * (1 - y);
      case TANH -> 1 - y * y;
      case GELU -> {
        double x = Math.clamp(y, -20, 20);
        double scale = 2 * Math.sqrt(2 / Math.PI);
        double w = scale * (x + 0.044715 * x * x * x);
        double slope = scale * (1 + 3 * 0.044715 * x * x);
        yield (1 + x * slope / (1 + Math.exp(w))) / (1 + Math.exp(-w));
      }
    };
  }

  static double[] softmax(boolean log, double[] x, int m, int n) {
    double[] y = new double[x.length];
    for (int i = 0; i < m; i++) {
      double max = Double.NEGATIVE_INFINITY;
      for (int j = 0; j < n; j++) {
        max = Math.max(max, x[i * n + j]);
      }
      double sum = 0;
      for (int j = 0; j < n; j++) {
        sum += Math.exp(x[i * n + j] - max);
      }
      for (int j = 0; j < n; j++) {
        double shifted = x[i * n + j] - max;
        y[i * n + j] = log ? shifted - Math.log(sum) : Math.exp(shifted) / sum;
      }
    }
    return y;
  }

  static double[] softmaxGradient(boolean log, double[] d, double[] y, int m, int n) {
    double[] x = new double[d.length];
    for (int i = 0; i < m; i++) {
      double sum = 0;
      for (int j = 0; j < n; j++) {
        int at = i * n + j;
        sum += log ? d[at] : d[at] * y[at];
      }
      for (int j = 0; j < n; j++) {
        int at = i * n + j;
        x[at] = log ? d[at] - Math.exp(y[at]) * sum : y[at] * (d[at] - sum);
      }
    }
    return x;
  }

  /** Class numbers as probabilities: a row of NaN for a number that is no class. */
  static double[] oneHot(double[] classes, int n) {
    double[] y = new double[classes.length * n];
    for (int i = 0; i < classes.length; i++) {
      int c = (int) classes[i];
      if (c >= 0 && c < n) {
        y[i * n + c] = 1;
      } else {
        Arrays.fill(y, i * n, (i + 1) * n, Double.NaN);
      }
    }
    return y;
  }

  /** The loss and, in {@code dz}, its gradient times dL. */
  static double loss(
      LossFunction function, double dL, double[] z, double[] y, double[] dz, int m, int n) {
    double loss = 0;
    double[] logs = function == LossFunction.SOFTMAX_CROSS_ENTROPY ? softmax(true, z, m, n) : null;
    int count = logs == null ? m * n : m;
    for (int i = 0; i < m; i++) {
      double total = 0;
      for (int j = 0; j < n; j++) {
        total += y[i * n + j];
      }
      for (int j = 0; j < n; j++) {
        int at = i * n + j;
        switch (function) {
          case SOFTMAX_CROSS_ENTROPY -> {
            loss -= y[at] == 0 ? 0 : y[at] * logs[at];
            dz[at] = Math.exp(logs[at]) * total - y[at];
          }
          case BINARY_CROSS_ENTROPY -> {
            loss += Math.max(z[at], 0) - z[at] * y[at] + Math.log1p(Math.exp(-Math.abs(z[at])));
            dz[at] = activate(Activation.SIGMOID, z[at]) - y[at];
          }
          case MEAN_SQUARED_ERROR -> {
            loss += (z[at] - y[at]) * (z[at] - y[at]);
            dz[at] = 2 * (z[at] - y[at]);
          }
        }
        dz[at] *= dL / count;
      }
    }
    return loss / count;
  }

  /** Updates p and, with momentum, v. */
  static void sgd(SgdStep op, double[] p, double[] g, double[] hyper, double[] v) {
    for (int i = 0; i < p.length && hyper[3] == 0; i++) {
      double step = g[i] + (i < op.decayed() ? op.weightDecay() * p[i] : 0);
      if (op.momentum() != 0) {
        v[i] = op.momentum() * v[i] + step;
        step = op.nesterov() ? step + op.momentum() * v[i] : v[i];
      }
      p[i] -= hyper[0] * step;
    }
  }

  /** Updates p, m and v. */
  static void adam(AdamStep op, double[] p, double[] g, double[] hyper, double[] m, double[] v) {
    for (int i = 0; i < p.length && hyper[3] == 0; i++) {
      double decay = i < op.decayed() ? op.weightDecay() : 0;
      double gradient = g[i];
      if (op.decoupled()) {
        p[i] -= hyper[0] * decay * p[i];
      } else {
        gradient += decay * p[i];
      }
      m[i] = op.beta1() * m[i] + (1 - op.beta1()) * gradient;
      v[i] = op.beta2() * v[i] + (1 - op.beta2()) * gradient * gradient;
      p[i] -= hyper[0] * (m[i] / hyper[1]) / (Math.sqrt(v[i] / hyper[2]) + op.epsilon());
    }
  }
}
