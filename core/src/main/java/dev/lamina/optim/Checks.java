package dev.lamina.optim;

import dev.lamina.LaminaException;

/** The checks of optimizers' constants. */
final class Checks {
  private Checks() {}

  static void fraction(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new LaminaException(name + " " + value + ": expected a number from 0 to below 1");
    }
  }

  static void rate(double rate) {
    if (!(rate >= 0) || Double.isInfinite(rate)) {
      throw new LaminaException("learning rate " + rate + ": expected a finite number from 0 on");
    }
  }

  static void period(long period) {
    steps("period of a schedule", period);
  }

  static void steps(String name, long steps) {
    if (steps < 1) {
      throw new LaminaException(name + " " + steps + ": expected at least 1 step");
    }
  }

  static void positive(String name, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new LaminaException(name + " " + value + ": expected a finite number above 0");
    }
  }

  static void notNegative(String name, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new LaminaException(name + " " + value + ": expected a finite number from 0 on");
    }
  }
}
