package dev.lamina.oracle;

import dev.lamina.op.Clock;
import dev.lamina.op.Schedule;
import dev.lamina.op.StepBegin;

/** The bookkeeping of a training step. */
final class Steps {
  private Steps() {}

  static Result begin(StepBegin op, Value clock, Value tracker, Value refusals) {
    double done = clock.data()[Clock.STEP];
    double t = done + 1;
    double rate = op.schedule().rate((long) done);
    double power1 = Math.pow(op.beta1(), t);
    double power2 = Math.pow(op.beta2(), t);
    double skip = tracker.data()[Clock.FIRST_BAD_STEP] != 0 ? 1 : 0;
    for (int i = Clock.REFUSED_STEP; i < refusals.size(); i += refusals.columns()) {
      skip = refusals.data()[i] != 0 ? 1 : skip;
    }
    Schedule schedule = op.schedule();
    return Result.of(
        Expected.within(
            Clock.HYPER,
            new double[] {rate, 1 - power1, 1 - power2, skip, t},
            new double[] {
              rateError(schedule, done, rate),
              powerError(op.beta1(), t, power1),
              powerError(op.beta2(), t, power2),
              0,
              0
            }));
  }

  private static double rateError(Schedule schedule, double done, double rate) {
    return switch (schedule.decay()) {
      case CONSTANT -> 4 * rate;
      // A power's error grows with its exponent.
      case STEP ->
          4 * rate * (1 + Math.abs(done / schedule.period() * Math.log(schedule.factor())));
      // The cosine is of order 1, however small the rate becomes.
      case COSINE -> 8 * (schedule.base() + schedule.floor());
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
