package dev.lamina.train;

import dev.lamina.LaminaException;
import dev.lamina.program.ProgramPlan;
import java.util.List;
import java.util.Locale;

/**
 * Whether a planned step finds room on its device, and which batch would if it does not. What the
 * kernels use beside their operands is not known before they are made ready, and left out.
 *
 * @param slabBytes the inputs of a step and all that is computed from them
 */
record MemoryCheck(
    StepOptions options,
    long freeBytes,
    long gradientBytes,
    long momentBytes,
    long copyBytes,
    long counterBytes,
    long slabBytes) {

  static MemoryCheck of(StepOptions options, StepGraph step, ProgramPlan plan) {
    return new MemoryCheck(
        options,
        options.model().backend().freeBytes(),
        TrainingStep.bytes(List.of(step.gradients)),
        TrainingStep.bytes(step.moments),
        step.working == null ? 0 : TrainingStep.bytes(List.of(step.working)),
        TrainingStep.bytes(step.counters()),
        plan.slabBytes());
  }

  /**
   * Does nothing if there is room.
   *
   * @throws LaminaException if not, with all the numbers
   */
  void check() {
    if (neededBytes() > freeBytes) {
      throw new LaminaException(message());
    }
  }

  private long stateBytes() {
    return gradientBytes + momentBytes + copyBytes + counterBytes;
  }

  private long ringBytes(int batchSize) {
    return options.data() == null ? 0 : options.data().ringBytes(batchSize);
  }

  /** What must be allocated. */
  long neededBytes() {
    return neededBytes(options.batchSize(), slabBytes);
  }

  private long neededBytes(int batchSize, long slab) {
    return stateBytes() + ringBytes(batchSize) + slab;
  }

  private String message() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s has too little memory for a training step with a batch of %,d: it needs %,d bytes"
                + " more, and %,d are free%n",
            options.model().backend().device().id(),
            options.batchSize(),
            neededBytes(),
            freeBytes));
    row(text, "parameters", options.model().operand().type().bytes(), "there already");
    long ring = ringBytes(options.batchSize());
    if (ring > 0) {
      row(text, "ring of batches from the host", ring, "");
    } else if (options.data() != null) {
      row(text, "training data", options.data().bytes(), "there already");
    }
    row(text, "gradients", gradientBytes, "");
    row(text, "moments of the optimizer", momentBytes, "");
    if (copyBytes > 0) {
      row(text, "BF16 copy of the parameters", copyBytes, "");
    }
    row(text, "counters", counterBytes, "");
    row(text, "batch, activations and deltas", slabBytes, "");
    int largest = largestThatFits();
    text.append(
        largest == 0
            ? "No batch fits: take a smaller model, or end other programs on this device"
            : String.format(
                Locale.ROOT, "A batch of %,d would fit: take that or a smaller one", largest));
    return text.toString();
  }

  private static void row(StringBuilder text, String what, long bytes, String remark) {
    String line = String.format(Locale.ROOT, "  %-30s %,20d bytes  %s", what, bytes, remark);
    text.append(line.stripTrailing()).append(System.lineSeparator());
  }

  /** The largest batch whose plan fits, 0 for none: bisection, as plans grow with the batch. */
  private int largestThatFits() {
    int fits = 0;
    int tooLarge = options.batchSize();
    while (tooLarge - fits > 1) {
      int middle = fits + (tooLarge - fits) / 2;
      if (neededBytes(middle, slabBytes(middle)) <= freeBytes) {
        fits = middle;
      } else {
        tooLarge = middle;
      }
    }
    return fits;
  }

  private long slabBytes(int batchSize) {
    StepGraph step = new StepGraph(options.withBatchSize(batchSize), true);
    return ProgramPlan.of("training step", step.graph, options.model().backend()).slabBytes();
  }
}
