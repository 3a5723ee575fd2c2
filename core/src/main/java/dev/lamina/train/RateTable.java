package dev.lamina.train;

import dev.lamina.LaminaException;
import dev.lamina.backend.Operand;
import dev.lamina.op.StepBegin;
import dev.lamina.optim.Schedule;
import java.lang.foreign.MemorySegment;

/**
 * Asks a schedule for the learning rates of steps that are about to run and writes them to the
 * device; does nothing where the device computes them.
 *
 * @param schedule what is asked
 * @param table where the rates lie, as {@link StepBegin} reads them; null if the device computes
 */
record RateTable(Schedule schedule, Operand table) {
  /** The rates of so many steps are on the device at a time. */
  static final int STEPS = 4096;

  /**
   * Prepares some of the steps that are to run, or all.
   *
   * @param first the number of the first step, from 0
   * @return how many steps can be run now
   */
  int prepare(long first, int steps) {
    if (table == null) {
      return steps;
    }
    long place = first % STEPS;
    double[] rates = new double[(int) Math.min(steps, STEPS - place)];
    for (int i = 0; i < rates.length; i++) {
      rates[i] = schedule.rate(first + i);
      if (!(rates[i] >= 0) || Double.isInfinite(rates[i])) {
        throw new LaminaException(
            "the schedule "
                + schedule
                + " gave the learning rate "
                + rates[i]
                + " for step "
                + (first + i)
                + ": expected a finite number from 0 on. The step was not run");
      }
    }
    table.memory().write(table.offset() + Double.BYTES * place, MemorySegment.ofArray(rates));
    return rates.length;
  }
}
