package dev.lamina.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Schedules by numbers worked out by hand. */
class ScheduleTest {
  private static void check(Schedule schedule, long step, double rate) {
    assertEquals(rate, schedule.rate(step), 1e-15, () -> schedule + " at " + step);
  }

  @Test
  void ratesAreThoseOfTheFormulas() {
    check(Schedule.constant(0.3), 1_000_000, 0.3);
    Schedule steps = Schedule.step(0.8, 10, 0.5);
    check(steps, 9, 0.8);
    check(steps, 10, 0.4);
    check(steps, 35, 0.1);
    Schedule cosine = Schedule.cosine(1, 100, 0.2);
    check(cosine, 0, 1);
    check(cosine, 50, 0.6);
    check(cosine, 100, 0.2);
    check(cosine, 1000, 0.2);
  }

  @Test
  void warmUpComesBeforeAnySchedule() {
    Schedule own = step -> 3.0 / (1 + step);
    for (Schedule then : List.of(Schedule.cosine(3, 100, 0), own)) {
      Schedule warm = then.withWarmup(4);
      check(warm, 0, 0.75);
      check(warm, 3, 3);
      check(warm, 4, 3);
      check(warm, 8, then.rate(4));
      check(warm.withWarmup(2), 0, 0.375);
      check(warm.withWarmup(2), 2, 0.75);
      assertEquals(then, then.withWarmup(0));
    }
  }

  /** What is computed on the device gives the rates that the schedule states. */
  @Test
  void curvesAreTheSchedules() {
    for (Schedule schedule :
        List.of(
            Schedule.constant(0.1),
            Schedule.step(0.1, 3, 0.9),
            Schedule.cosine(0.1, 7, 0.01),
            Schedule.cosine(0.1, 7, 0.01).withWarmup(5))) {
      for (long step = 0; step < 20; step++) {
        assertEquals(schedule.rate(step), schedule.curve().orElseThrow().rate(step));
      }
    }
    Schedule own = step -> 1;
    for (Schedule schedule :
        List.of(own, own.withWarmup(3), Schedule.constant(1).withWarmup(3).withWarmup(3))) {
      assertEquals(Optional.empty(), schedule.curve());
    }
  }

  @Test
  void settableRatesAreSet() {
    Schedule.Settable rate = new Schedule.Settable(0.5);
    check(rate, 3, 0.5);
    rate.set(0.25);
    check(rate, 3, 0.25);
    assertThrows(LaminaException.class, () -> rate.set(-1));
  }

  @Test
  void wrongNumbersAreRefused() {
    for (Runnable wrong :
        List.<Runnable>of(
            () -> Schedule.constant(-1),
            () -> Schedule.constant(Double.NaN),
            () -> Schedule.step(1, 0, 0.5),
            () -> Schedule.step(1, 10, 0),
            () -> Schedule.cosine(1, 0, 0),
            () -> Schedule.cosine(1, 10, -1),
            () -> Schedule.constant(1).withWarmup(-3))) {
      String message = assertThrows(LaminaException.class, wrong::run).getMessage();
      assertTrue(message.contains("expected"), message);
    }
  }
}
