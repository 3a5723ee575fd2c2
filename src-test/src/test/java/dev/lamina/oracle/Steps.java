package dev.lamina.oracle;

import dev.lamina.op.Clock;
import dev.lamina.op.RateCurve;
import dev.lamina.op.StepBegin;
import java.util.List;

/** The bookkeeping of a training step. */
final class Steps {
  private Steps() {}

  static Result begin(StepBegin op, List<Value> in) {
    Value tracker = in.get(1);
    Value refusals = in.get(2);
    double done = in.getFirst().data()[Clock.STEP];
    double t = done + 1;
    double rate =
        op.curve()
            .map(c -> c.rate((long) done))
            .orElseGet(() -> in.get(3).data()[(int) (done % in.get(3).size())]);
    double power1 = Math.pow(op.beta1(), t);
    double power2 = Math.pow(op.beta2(), t);
    double skip = tracker.data()[Clock.FIRST_BAD_STEP] != 0 ? 1 : 0;
    for (int i = Clock.REFUSED_STEP; i < refusals.size(); i += refusals.columns()) {
      skip = refusals.data()[i] != 0 ? 1 : skip;
    }
    return Result.of(
        Expected.within(
            Clock.HYPER,
            new double[] {rate, 1 - power1, 1 - power2, skip, t},
            new double[] {
              op.curve().map(c -> rateError(c, done, rate)).orElse(0.0),
              powerError(op.beta1(), t, power1),
              powerError(op.beta2(), t, power2),
              0,
              0
            }));
  }

  private static double rateError(RateCurve curve, double done, double rate) {
    return switch (curve.decay()) {
      case CONSTANT -> 4 * rate;
      // A power's error grows with its exponent.
      case STEP -> 4 * rate * (1 + Math.abs(done / curve.period() * Math.log(curve.factor())));
      // The cosine is of order 1, however small the rate becomes.
      case COSINE -> 8 * (curve.base() + curve.floor());
    };
  }

  private static double powerError(double beta, double t, double power) {
    return beta == 0 ? 1 : 4 + 4 * power * Math.abs(t * Math.log(beta));
  }

  static Result track(Value loss, Value clock, Value tracker) {
    double[] t = tracker.data().clone();
    double value = loss.single();
    if (Double.isFinite(value)) {
      t[Clock.LOSS_SUM] += value;
      t[Clock.LOSS_COUNT]++;
    } else if (t[Clock.FIRST_BAD_STEP] == 0) {
      t[Clock.FIRST_BAD_STEP] = clock.data()[Clock.STEP] + 1;
    }
    t[Clock.LAST_LOSS] = value;
    return Result.updating(2, Expected.exact(Clock.TRACKER, t));
  }

  static Result advance(Value clock) {
    double[] c = clock.data().clone();
    c[Clock.STEP]++;
    return Result.updating(0, Expected.bits(Clock.CLOCK, c));
  }
}
