package dev.lamina.oracle;

import dev.lamina.op.AdamStep;
import dev.lamina.op.Clock;
import dev.lamina.op.SgdStep;
import dev.lamina.type.TensorType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Optimizer steps over a flat buffer. */
final class Optimizers {
  private Optimizers() {}

  static Result sgd(SgdStep op, List<Value> in) {
    double[] p = in.get(0).data().clone();
    double[] g = in.get(1).data();
    double[] hyper = in.get(2).data();
    boolean momentum = op.momentum() != 0;
    double[] v = momentum ? in.get(4).data().clone() : new double[p.length];
    double[] pError = new double[p.length];
    double[] vError = new double[p.length];
    boolean skip = hyper[3] != 0;
    Refusal refusal = new Refusal(in);
    for (int i = 0; i < p.length && !skip; i++) {
      double decay = i < op.decayed() ? op.weightDecay() * p[i] : 0;
      double gradient = g[i] + decay;
      double update = gradient;
      double updateError = 1.5 * (Math.abs(g[i]) + Math.abs(decay));
      if (momentum) {
        double kept = op.momentum() * v[i];
        v[i] = kept + gradient;
        vError[i] = updateError + 1.5 * (Math.abs(kept) + Math.abs(gradient));
        double carried = op.momentum() * v[i];
        update = op.nesterov() ? gradient + carried : v[i];
        updateError =
            op.nesterov()
                ? updateError + vError[i] + 1.5 * (Math.abs(carried) + Math.abs(gradient))
                : vError[i];
      }
      p[i] -= hyper[0] * update;
      pError[i] = Math.abs(p[i]) + hyper[0] * (updateError + 2 * Math.abs(update));
      if (refusal.refuses(i, p[i])) {
        keep(in.get(0), i, p, pError);
        if (momentum) {
          keep(in.get(4), i, v, vError);
        }
      }
    }
    Map<Integer, Expected> updated = new HashMap<>();
    updated.put(0, expected(in.get(0), p, pError, skip));
    updated.put(3, refusal.expected());
    if (momentum) {
      updated.put(4, expected(in.get(4), v, vError, skip));
    }
    if (op.copied()) {
      updated.put(op.indexOfCopy(), copy(in.get(op.indexOfCopy()), p, pError, skip));
    }
    return new Result(List.of(), updated);
  }

  static Result adam(AdamStep op, List<Value> in) {
    double[] p = in.get(0).data().clone();
    double[] g = in.get(1).data();
    double[] hyper = in.get(2).data();
    double[] m = in.get(4).data().clone();
    double[] v = in.get(5).data().clone();
    double[] pError = new double[p.length];
    double[] mError = new double[p.length];
    double[] vError = new double[p.length];
    double rate = hyper[0];
    boolean skip = hyper[3] != 0;
    Refusal refusal = new Refusal(in);
    for (int i = 0; i < p.length && !skip; i++) {
      double decay = i < op.decayed() ? op.weightDecay() * p[i] : 0;
      double gradient = op.decoupled() ? g[i] : g[i] + decay;
      double gradientError = op.decoupled() ? 0 : 1.5 * (Math.abs(g[i]) + Math.abs(decay));
      double shrunk = op.decoupled() ? p[i] - rate * decay : p[i];

      double mKept = op.beta1() * m[i];
      double mNew = (1 - op.beta1()) * gradient;
      m[i] = mKept + mNew;
      mError[i] = 2 * (Math.abs(mKept) + Math.abs(mNew)) + (1 - op.beta1()) * gradientError;

      double vKept = op.beta2() * v[i];
      double vNew = (1 - op.beta2()) * gradient * gradient;
      v[i] = vKept + vNew;
      vError[i] = 2 * vKept + 3 * vNew + 2 * (1 - op.beta2()) * Math.abs(gradient) * gradientError;

      double root = Math.sqrt(v[i] / hyper[2]);
      double divisor = root + op.epsilon();
      double update = m[i] / hyper[1] / divisor;
      // √ halves the relative error of v.
      double divisorError = (v[i] == 0 ? 0 : root * vError[i] / v[i] / 2) + 2 * divisor;
      double updateError =
          mError[i] / hyper[1] / divisor + Math.abs(update) * (divisorError / divisor + 4);
      double before = p[i];
      p[i] = shrunk - rate * update;
      pError[i] =
          1.5 * (Math.abs(p[i]) + Math.abs(before))
              + rate * (updateError + 2 * Math.abs(update) + 2 * Math.abs(decay));
      if (refusal.refuses(i, p[i], v[i])) {
        keep(in.get(0), i, p, pError);
        keep(in.get(4), i, m, mError);
        keep(in.get(5), i, v, vError);
      }
    }
    Map<Integer, Expected> updated = new HashMap<>();
    updated.put(0, expected(in.get(0), p, pError, skip));
    updated.put(3, refusal.expected());
    updated.put(4, expected(in.get(4), m, mError, skip));
    updated.put(5, expected(in.get(5), v, vError, skip));
    if (op.copied()) {
      updated.put(6, copy(in.get(6), p, pError, skip));
    }
    return new Result(List.of(), updated);
  }

  private static void keep(Value old, int i, double[] values, double[] errors) {
    values[i] = old.data()[i];
    errors[i] = 0;
  }

  /** What tells of elements that keep their values, since those would not be finite. */
  private static final class Refusal {
    private final TensorType type;
    private final double[] gradient;
    private final double step;
    private final double[] numbers;

    Refusal(List<Value> in) {
      type = in.get(0).type();
      gradient = in.get(1).data();
      step = in.get(2).data()[Clock.NUMBER];
      numbers = in.get(3).data().clone();
    }

    /** Whether one of an element's new values is not finite; notes it if so. */
    boolean refuses(int i, double... values) {
      boolean finite =
          Arrays.stream(values)
              .map(x -> Rounding.round(x, type.dtype()))
              .allMatch(Double::isFinite);
      if (!finite) {
        numbers[Clock.REFUSED_STEP] = Math.max(numbers[Clock.REFUSED_STEP], step);
        numbers[Clock.REFUSED_REST] = Math.max(numbers[Clock.REFUSED_REST], type.size() - i);
        numbers[Clock.REFUSED_GRADIENT] =
            Double.isFinite(gradient[i]) ? numbers[Clock.REFUSED_GRADIENT] : 1;
      }
      return !finite;
    }

    Expected expected() {
      return Expected.bits(Clock.REFUSAL, numbers);
    }
  }

  /** The parameters once more, narrower. */
  private static Expected copy(Value old, double[] p, double[] error, boolean skip) {
    return expected(old, skip ? old.data() : p, error, skip);
  }

  /** A step that is skipped leaves everything as it was, to the bit. */
  private static Expected expected(Value old, double[] values, double[] error, boolean skip) {
    return skip ? Expected.bits(old.type(), values) : Expected.within(old.type(), values, error);
  }
}
