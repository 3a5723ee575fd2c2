package dev.lamina.optim;

import dev.lamina.op.RateCurve;
import java.util.Optional;

/**
 * The learning rate as a function of the step t = 0, 1, ...: one of the records here, or a rule of
 * your own, as in {@code step -> 0.1 / Math.sqrt(1 + step)}.
 *
 * <p>What has a {@link #curve()} is computed on the device. Any other rule is asked by the host
 * when steps are started, for each of them in order, and its rates are written to the device before
 * them: so it may depend on what has been learnt so far, as {@link Settable} does. The same step
 * may be asked again.
 *
 * <p>A rule is asked by the thread that runs the training. Records are immutable.
 */
@FunctionalInterface
public interface Schedule {
  /**
   * The rate of a step.
   *
   * @param step from 0
   * @return a finite number from 0 on
   */
  double rate(long step);

  /** What a device can compute that is the same; if empty, the host computes. */
  default Optional<RateCurve> curve() {
    return Optional.empty();
  }

  /** The same rate at every step. */
  static Schedule constant(double rate) {
    return new Constant(rate);
  }

  /** Multiplies the rate by {@code factor} every {@code period} steps. */
  static Schedule step(double rate, long period, double factor) {
    return new StepDecay(rate, period, factor);
  }

  /** Lets the rate fall to {@code floor} along half a cosine of {@code period} steps. */
  static Schedule cosine(double rate, long period, double floor) {
    return new Cosine(rate, period, floor);
  }

  /** This schedule after a linear warm-up of so many steps to its first rate. */
  default Schedule withWarmup(long steps) {
    return steps == 0 ? this : new Warmup(steps, this);
  }

  /** The same rate at every step. */
  record Constant(double base) implements Schedule {
    /** Checks the rate. */
    public Constant {
      Checks.rate(base);
    }

    @Override
    public double rate(long step) {
      return base;
    }

    @Override
    public Optional<RateCurve> curve() {
      return Optional.of(new RateCurve(RateCurve.Decay.CONSTANT, base, 0, 1, 1, 0));
    }
  }

  /** base · factor<sup>⌊t / period⌋</sup>. */
  record StepDecay(double base, long period, double factor) implements Schedule {
    /** Checks the numbers. */
    public StepDecay {
      Checks.rate(base);
      Checks.period(period);
      Checks.positive("factor", factor);
    }

    @Override
    public double rate(long step) {
      return curve().orElseThrow().rate(step);
    }

    @Override
    public Optional<RateCurve> curve() {
      return Optional.of(new RateCurve(RateCurve.Decay.STEP, base, 0, period, factor, 0));
    }
  }

  /**
   * floor + (base − floor) (1 + cos(π min(1, t / period))) / 2 (Loshchilov and Hutter, 2017,
   * without restarts).
   */
  record Cosine(double base, long period, double floor) implements Schedule {
    /** Checks the numbers. */
    public Cosine {
      Checks.rate(base);
      Checks.period(period);
      Checks.notNegative("floor", floor);
    }

    @Override
    public double rate(long step) {
      return curve().orElseThrow().rate(step);
    }

    @Override
    public Optional<RateCurve> curve() {
      return Optional.of(new RateCurve(RateCurve.Decay.COSINE, base, 0, period, 1, floor));
    }
  }

  /**
   * r(0) · (t + 1) / w for t &lt; w, then r(t − w).
   *
   * @param steps w, 1 or more
   * @param then r
   */
  record Warmup(long steps, Schedule then) implements Schedule {
    /** Checks the number of steps. */
    public Warmup {
      Checks.steps("warm-up", steps);
    }

    @Override
    public double rate(long step) {
      return curve().map(c -> c.rate(step)).orElseGet(() -> rising(step));
    }

    private double rising(long step) {
      return step < steps ? then.rate(0) * (step + 1) / steps : then.rate(step - steps);
    }

    @Override
    public Optional<RateCurve> curve() {
      return then.curve().filter(c -> c.warmup() == 0).map(c -> c.withWarmup(steps));
    }
  }

  /**
   * A rate that is set from outside at any time, as by a listener after an epoch: the steps that
   * are started afterwards take it. Safe for use by several threads.
   */
  final class Settable implements Schedule {
    private volatile double rate;

    /** Starts with a rate. */
    public Settable(double rate) {
      set(rate);
    }

    /** Sets the rate of the steps to come. */
    public void set(double value) {
      Checks.rate(value);
      rate = value;
    }

    /** The rate as it is now, whatever the step. */
    @Override
    public double rate(long step) {
      return rate;
    }

    @Override
    public String toString() {
      return "settable, now " + rate;
    }
  }
}
