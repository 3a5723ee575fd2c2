package dev.lamina.cpu;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.lamina.formula.Formula;
import dev.lamina.op.Clock;
import dev.lamina.op.Elementwise;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** What both sets of kernels do around an optimizer's step. */
final class Optimizers {
  private Optimizers() {}

  /** Whether the step must not change anything. */
  static boolean isSkipped(Buffer hyper) {
    return Scratch.get(hyper, Clock.SKIP) != 0;
  }

  /**
   * Tells of elements that were left as they were; from any thread.
   *
   * @param in the operation's inputs
   * @param first the first such element
   * @param to where the elements end among which it is the first
   */
  static synchronized void refuse(List<Buffer> in, long first, long to) {
    Buffer gradient = in.get(1);
    MemorySegment refusal = in.get(3).segment();
    raise(refusal, Clock.REFUSED_STEP, Scratch.get(in.get(2), Clock.NUMBER));
    raise(refusal, Clock.REFUSED_REST, gradient.type().size() - first);
    for (long i = first; i < to; i++) {
      if (!Double.isFinite(Scratch.get(gradient, i))) {
        raise(refusal, Clock.REFUSED_GRADIENT, 1);
        return;
      }
    }
  }

  private static void raise(MemorySegment numbers, int index, double value) {
    numbers.setAtIndex(JAVA_DOUBLE, index, Math.max(numbers.getAtIndex(JAVA_DOUBLE, index), value));
  }

  /** A step over the parameters p, and their BF16 copy after it if there is one. */
  static List<Task> copied(Task step, Buffer hyper, Buffer p, Buffer copy) {
    return copy == null
        ? List.of(step)
        : List.of(step, new UnlessSkipped(hyper, narrowed(p, copy)));
  }

  private static Task narrowed(Buffer p, Buffer copy) {
    Formula cast = Elementwise.cast(p.type(), copy.type().dtype()).formula();
    return new PlainFormulaTask(cast, p.type().shape(), List.of(p), List.of(copy));
  }

  private record UnlessSkipped(Buffer hyper, Task task) implements Task {
    @Override
    public int chunks() {
      return task.chunks();
    }

    @Override
    public void run(int chunk) {
      if (!isSkipped(hyper)) {
        task.run(chunk);
      }
    }
  }
}
