package dev.lamina.train;

import dev.lamina.LaminaException;
import dev.lamina.backend.Operand;
import dev.lamina.op.StepBegin;
import dev.lamina.optim.Schedule;
import java.lang.foreign.MemorySegment;

/**
 * Asks a schedule for the learning rates of updates that are about to be made and writes them to
 * the device.
 *
 * @param schedule what is asked
 * @param table where the rates lie, as {@link StepBegin} reads them
 */
record RateTable(Schedule schedule, Operand table) {
  /** The rates of so many steps are on the device at a time. */
  static final int STEPS = 4096;

  /**
   * Prepares some of the updates that are to be made, or all.
   *
   * @param first the number of the first update, from 0
   * @return how many updates can be made now
   */
  int prepare(long first, int steps) {
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
