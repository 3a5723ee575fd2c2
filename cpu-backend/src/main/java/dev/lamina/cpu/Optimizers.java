package dev.lamina.cpu;

import java.util.List;

/** What both sets of kernels do around an optimizer's step. */
final class Optimizers {
  private static final int SKIP = 3;

  private Optimizers() {}

  /** A step over the parameters p, and their BF16 copy after it if there is one. */
  static List<Task> copied(Task step, Buffer hyper, Buffer p, Buffer copy) {
    return copy == null
        ? List.of(step)
        : List.of(step, new UnlessSkipped(hyper, PlainElementwise.copy(p, copy)));
  }

  private record UnlessSkipped(Buffer hyper, Task task) implements Task {
    @Override
    public int chunks() {
      return task.chunks();
    }

    @Override
    public void run(int chunk) {
      if (Scratch.get(hyper, SKIP) == 0) {
        task.run(chunk);
      }
    }
  }
}
