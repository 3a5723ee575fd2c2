package dev.lamina.cpu;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.lamina.op.BatchIndices;
import dev.lamina.op.Clock;
import dev.lamina.op.GatherBatch;
import dev.lamina.op.StepBegin;
import dev.lamina.random.Permutation;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The operations on a training run's state: a few numbers, the same for every implementation. */
final class ClockKernels {
  private ClockKernels() {}

  static Task stepBegin(StepBegin op, List<Buffer> inputs, Buffer hyper) {
    MemorySegment in = inputs.get(0).segment();
    MemorySegment state = inputs.get(1).segment();
    Buffer refusals = inputs.get(2);
    MemorySegment out = hyper.segment();
    long numbers = refusals.type().size();
    return Tasks.once(() -> {
      long done = in.getAtIndex(JAVA_INT, Clock.STEP);
      boolean skip = state.getAtIndex(JAVA_DOUBLE, Clock.FIRST_BAD_STEP) != 0;
      for (long i = Clock.REFUSED_STEP; i < numbers; i += Clock.REFUSAL.size()) {
        skip |= refusals.segment().getAtIndex(JAVA_DOUBLE, i) != 0;
      }
      double rate =
          op.curve().isPresent()
              ? op.curve().get().rate(done)
              : Scratch.get(inputs.get(3), done % inputs.get(3).type().size());
      out.setAtIndex(JAVA_DOUBLE, 0, rate);
      out.setAtIndex(JAVA_DOUBLE, 1, 1 - Math.pow(op.beta1(), done + 1));
      out.setAtIndex(JAVA_DOUBLE, 2, 1 - Math.pow(op.beta2(), done + 1));
      out.setAtIndex(JAVA_DOUBLE, Clock.SKIP, skip ? 1 : 0);
      out.setAtIndex(JAVA_DOUBLE, Clock.NUMBER, done + 1);
    });
  }

  static Task trackLoss(Buffer loss, Buffer clock, Buffer tracker) {
    MemorySegment in = clock.segment();
    MemorySegment state = tracker.segment();
    return Tasks.once(() -> {
      double value = Scratch.get(loss, 0);
      state.setAtIndex(JAVA_DOUBLE, Clock.LAST_LOSS, value);
      if (Double.isFinite(value)) {
        add(state, Clock.LOSS_SUM, value);
        add(state, Clock.LOSS_COUNT, 1);
      } else if (state.getAtIndex(JAVA_DOUBLE, Clock.FIRST_BAD_STEP) == 0) {
        double step = in.getAtIndex(JAVA_INT, Clock.STEP) + 1.0;
        state.setAtIndex(JAVA_DOUBLE, Clock.FIRST_BAD_STEP, step);
      }
    });
  }

  private static void add(MemorySegment state, int index, double value) {
    state.setAtIndex(JAVA_DOUBLE, index, state.getAtIndex(JAVA_DOUBLE, index) + value);
  }

  static Task advance(Buffer clock) {
    MemorySegment state = clock.segment();
    return Tasks.once(
        () -> state.setAtIndex(JAVA_INT, Clock.STEP, state.getAtIndex(JAVA_INT, Clock.STEP) + 1));
  }

  static Task batchIndices(BatchIndices op, Buffer clock, Buffer indices) {
    MemorySegment state = clock.segment();
    MemorySegment out = indices.segment();
    int samples = op.samples();
    // An index costs about as much as sixty plain elements.
    return Tasks.of(
        new Cut(op.size(), Cut.GRAIN / 64),
        (chunk, from, to) -> {
          long first = (long) state.getAtIndex(JAVA_INT, Clock.STEP) * op.size();
          int low = state.getAtIndex(JAVA_INT, Clock.SEED_LOW);
          int high = state.getAtIndex(JAVA_INT, Clock.SEED_HIGH);
          for (long i = from; i < to; ) {
            long epoch = (first + i) / samples;
            long end = Math.min(to, (epoch + 1) * samples - first);
            int place = (int) ((first + i) % samples);
            if (op.shuffle()) {
              shuffled(out, i, (int) (end - i), place, samples, low, high, (int) epoch);
            } else {
              for (long k = i; k < end; k++) {
                out.setAtIndex(JAVA_INT, k, place + (int) (k - i));
              }
            }
            i = end;
          }
        });
  }

  /** The numbers of the batch's rows, then the rows as these kernels gather them. */
  static List<Task> gatherBatch(
      Kernels kernels, GatherBatch op, List<Buffer> in, List<Buffer> out, Workspace workspace) {
    TensorType type = TensorType.of(DType.INT32, op.batch().size());
    Buffer indices = new Buffer(workspace.allocate(type.bytes()), type);
    List<Task> tasks = new ArrayList<>();
    tasks.add(batchIndices(op.batch(), in.get(1), indices));
    tasks.addAll(kernels.bind(op.rows(), List.of(in.getFirst(), indices), out, workspace));
    return tasks;
  }

  /** {@link Permutation#index} of n places in a row, with an epoch's round keys computed once. */
  private static void shuffled(
      MemorySegment out, long at, int n, int place, int samples, int low, int high, int epoch) {
    int[] keys = Scratch.get().ints;
    Permutation.keys(low, high, epoch, keys);
    for (int k = 0; k < n; k++) {
      out.setAtIndex(JAVA_INT, at + k, Permutation.index(keys, samples, place + k));
    }
  }
}
