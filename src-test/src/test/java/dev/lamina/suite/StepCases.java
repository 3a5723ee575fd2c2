package dev.lamina.suite;

import dev.lamina.op.Advance;
import dev.lamina.op.BatchIndices;
import dev.lamina.op.Clock;
import dev.lamina.op.Elementwise;
import dev.lamina.op.GatherBatch;
import dev.lamina.op.GatherRows;
import dev.lamina.op.StepBegin;
import dev.lamina.op.TrackLoss;
import dev.lamina.optim.Schedule;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.List;
import java.util.Optional;

/** The bookkeeping of a training step, batches and masks. */
final class StepCases {
  private static final Sampler CLEAN = Sampler.fixed("tracker", 12.5, 7, 0, 0.75);
  private static final Sampler BAD = Sampler.fixed("bad-tracker", 12.5, 7, 8, Double.NaN);
  private static final Sampler NONE = Sampler.fixed("none", 0, 0, 0);
  private static final Sampler FIRST = Sampler.fixed("first", 8, 3, 0);
  private static final Sampler LAST = Sampler.fixed("last", refused(70));

  private static final int[] STEPS = {0, 1, 2, 9, 10, 11, 99, 100, 101, 999, 123456, 2_000_000_000};

  private StepCases() {}

  /** Of so many updates the last refused something. */
  private static double[] refused(int updates) {
    double[] refusals = new double[3 * updates];
    refusals[3 * (updates - 1)] = 3;
    return refusals;
  }

  static void addTo(CaseList list) {
    for (int step : STEPS) {
      steps(list, step);
      rates(list, step);
      batches(list, step);
      gathers(list, step);
    }
    for (DType dtype : CaseList.FULL) {
      losses(list, dtype);
      dropout(list, dtype);
    }
  }

  private static void steps(CaseList list, int step) {
    Sampler clock = Samplers.clock(step);
    list.add(new Advance(), DType.INT32, List.of(Clock.CLOCK), List.of(clock));
    for (Schedule schedule :
        List.of(
            Schedule.constant(0.001),
            Schedule.constant(0),
            Schedule.constant(0.1).withWarmup(10),
            Schedule.step(0.1, 100, 0.5),
            Schedule.step(0.1, 1, 0.999).withWarmup(1),
            Schedule.cosine(0.01, 100, 0),
            Schedule.cosine(0.01, 1000, 0.0005).withWarmup(100))) {
      for (double[] betas : new double[][] {{0.9, 0.999}, {0, 0.5}}) {
        StepBegin op = new StepBegin(schedule.curve(), betas[0], betas[1]);
        for (Sampler refusals : List.of(NONE, FIRST, LAST)) {
          int updates = refusals == LAST ? 70 : 1;
          List<TensorType> types = List.of(Clock.CLOCK, Clock.TRACKER, Clock.refusals(updates));
          list.add(op, DType.INT32, types, List.of(clock, CLEAN, refusals));
          list.add(op, DType.INT32, types, List.of(clock, BAD, refusals));
        }
      }
    }
  }

  /** Rates that the host has written, of more steps or of fewer than were done. */
  private static void rates(CaseList list, int step) {
    for (int steps : new int[] {1, 13, 4096}) {
      list.add(
          new StepBegin(Optional.empty(), 0.9, 0.999),
          DType.INT32,
          List.of(Clock.CLOCK, Clock.TRACKER, Clock.refusals(1), Clock.rates(steps)),
          List.of(Samplers.clock(step), CLEAN, NONE, Samplers.uniform(0, 1)));
    }
  }

  private static void batches(CaseList list, int step) {
    for (int samples : new int[] {1, 2, 3, 13, 64, 207, 1000, 60_000}) {
      for (int size : new int[] {1, 13, 64, 300}) {
        // Positions beyond 2^31 epochs mean nothing.
        if ((long) step * size / samples < Integer.MAX_VALUE) {
          for (boolean shuffle : new boolean[] {false, true}) {
            list.add(
                new BatchIndices(size, samples, shuffle),
                DType.INT32,
                List.of(Clock.CLOCK),
                List.of(Samplers.clock(step)));
          }
        }
      }
    }
    list.add(
        new BatchIndices(4097, 10_000_000, true),
        DType.INT32,
        List.of(Clock.CLOCK),
        List.of(Samplers.clock(step)));
  }

  private static void gathers(CaseList list, int step) {
    for (int samples : new int[] {1, 3, 207}) {
      for (int size : new int[] {1, 13, 300}) {
        if ((long) step * size / samples < Integer.MAX_VALUE) {
          for (boolean shuffle : new boolean[] {false, true}) {
            BatchIndices batch = new BatchIndices(size, samples, shuffle);
            gather(list, step, batch, GatherRows.to(DType.INT32), DType.INT32, samples);
            gather(list, step, batch, GatherRows.to(DType.FP64), DType.FP32, samples, 7);
            gather(list, step, batch, new GatherRows(DType.FP32, 2, 1), DType.UINT8, samples, 64);
            gather(list, step, batch, GatherRows.to(DType.BF16), DType.FP32, samples, 16);
            // Of more rows than the batches are cut out of.
            gather(list, step, batch, GatherRows.to(DType.UINT8), DType.UINT8, samples + 5, 3);
          }
        }
      }
    }
  }

  private static void gather(
      CaseList list, int step, BatchIndices batch, GatherRows rows, DType from, long... shape) {
    list.add(
        new GatherBatch(batch, rows),
        rows.to(),
        List.of(TensorType.of(from, shape), Clock.CLOCK),
        List.of(from.isFloating() ? Samplers.NORMAL : Samplers.BYTES, Samplers.clock(step)));
  }

  private static void losses(CaseList list, DType dtype) {
    List<TensorType> types =
        List.of(new TensorType(dtype, Shape.scalar()), Clock.CLOCK, Clock.TRACKER);
    for (double loss :
        new double[] {
          0, 0.7, -3, 1e30, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY
        }) {
      Sampler value = Sampler.fixed("loss(" + loss + ")", loss);
      for (int step : new int[] {0, 41}) {
        for (Sampler tracker : List.of(CLEAN, BAD)) {
          list.add(new TrackLoss(), dtype, types, List.of(value, Samplers.clock(step), tracker));
        }
      }
    }
  }

  private static void dropout(CaseList list, DType dtype) {
    for (double rate : new double[] {0, 0.2, 0.5, 0.999}) {
      for (int stream : new int[] {0, 7}) {
        for (Shape shape : Shapes.ANY) {
          TensorType type = new TensorType(dtype, shape);
          list.addSmooth(
              Elementwise.dropout(type, rate, stream),
              dtype,
              List.of(type, Clock.CLOCK),
              List.of(Samplers.NORMAL, Samplers.clock(3)));
        }
        TensorType type = TensorType.of(dtype, 207);
        list.add(
            Elementwise.dropout(type, rate, stream),
            dtype,
            List.of(type, Clock.CLOCK),
            List.of(Samplers.SPECIAL, Samplers.clock(2_000_000_000)));
      }
    }
  }
}
