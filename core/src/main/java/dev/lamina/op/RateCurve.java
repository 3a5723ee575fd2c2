package dev.lamina.op;

import dev.lamina.LaminaException;

/**
 * A learning rate that the device computes itself, as a function of the step t = 0, 1, ...: a
 * linear warm-up over w steps, η(t) = base · (t + 1) / w for t &lt; w, then with s = t − w
 *
 * <ul>
 *   <li>CONSTANT: η = base,
 *   <li>STEP: η = base · factor<sup>⌊s / period⌋</sup>,
 *   <li>COSINE: η = floor + (base − floor) (1 + cos(π min(1, s / period))) / 2 (Loshchilov and
 *       Hutter, 2017, without restarts).
 * </ul>
 *
 * @param decay what follows the warm-up
 * @param base the highest rate
 * @param warmup w, in steps
 * @param period in steps; 1 or more
 * @param factor of STEP
 * @param floor of COSINE
 */
public record RateCurve(
    Decay decay, double base, long warmup, long period, double factor, double floor) {
  /** What follows the warm-up. */
  public enum Decay {
    /** The rate stays. */
    CONSTANT,
    /** The rate is multiplied by a factor every so many steps. */
    STEP,
    /** The rate falls along half a cosine. */
    COSINE
  }

  /** Checks the numbers. */
  public RateCurve {
    if (!(base >= 0) || Double.isInfinite(base)) {
      throw new LaminaException("learning rate " + base + ": expected a finite number from 0 on");
    }
    if (warmup < 0 || period < 1 || !(factor > 0) || !(floor >= 0)) {
      throw new LaminaException(
          "schedule: expected warm-up >= 0, period >= 1, factor > 0 and floor >= 0, got warm-up "
              + warmup
              + ", period "
              + period
              + ", factor "
              + factor
              + ", floor "
              + floor);
    }
  }

  /** The same after a warm-up of so many steps. */
  public RateCurve withWarmup(long steps) {
    return new RateCurve(decay, base, steps, period, factor, floor);
  }

  /** η(t) for the step t, from 0. */
  public double rate(long t) {
    if (t < warmup) {
      return base * (t + 1) / warmup;
    }
    long s = t - warmup;
    return switch (decay) {
      case CONSTANT -> base;
      case STEP -> base * Math.pow(factor, Math.floorDiv(s, period));
      case COSINE ->
          floor + (base - floor) * (1 + Math.cos(Math.PI * Math.min(1.0, (double) s / period))) / 2;
    };
  }
}
