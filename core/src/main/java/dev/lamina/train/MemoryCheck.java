package dev.lamina.train;

import dev.lamina.LaminaException;
import dev.lamina.backend.KernelMemory;
import java.util.List;
import java.util.Locale;

/**
 * Whether a planned step finds room on its device, and which batch would if it does not.
 *
 * @param slabBytes the inputs of a step and all that is computed from them
 * @param kernels what the kernels take beside
 */
record MemoryCheck(
    StepOptions options,
    long freeBytes,
    long gradientBytes,
    long momentBytes,
    long copyBytes,
    long averageBytes,
    long counterBytes,
    long slabBytes,
    KernelMemory kernels) {
  private static final System.Logger LOG = System.getLogger(MemoryCheck.class.getName());

  static MemoryCheck of(StepOptions options, StepPlan plan) {
    StepVariables variables = plan.variables();
    return new MemoryCheck(
        options,
        options.model().backend().freeBytes(),
        StepState.bytes(List.of(variables.gradients)),
        StepState.bytes(variables.moments),
        variables.working == null ? 0 : StepState.bytes(List.of(variables.working)),
        variables.average == null ? 0 : StepState.bytes(List.of(variables.average)),
        StepState.bytes(variables.counters()),
        plan.slabBytes(),
        plan.kernels());
  }

  /**
   * Does nothing if there is room, and says so if there is just enough.
   *
   * @throws LaminaException if not, with all the numbers
   */
  void check() {
    if (neededBytes() > freeBytes) {
      throw new LaminaException(message());
    }
    if (peakBytes() > freeBytes) {
      LOG.log(
          System.Logger.Level.INFO,
          () ->
              String.format(
                  Locale.ROOT,
                  "%s: %,d bytes are free, and %,d would be used to find and run the fastest"
                      + " kernels: the step may be slower than it could be",
                  options.model().backend().device().id(),
                  freeBytes,
                  peakBytes()));
    }
  }

  private long stateBytes() {
    long reserved = options.reserves().stream().mapToLong(Reserve::bytes).sum();
    long data = options.data() == null ? 0 : options.data().missingBytes();
    return gradientBytes + momentBytes + copyBytes + averageBytes + counterBytes + reserved + data;
  }

  private long ringBytes(int batchSize) {
    return options.data() == null ? 0 : options.data().ringBytes(batchSize);
  }

  /** What must be allocated. */
  long neededBytes() {
    return neededBytes(options.batchSize(), slabBytes + kernels.needed());
  }

  /** The most that is allocated at any time, if there is room. */
  long peakBytes() {
    return neededBytes(options.batchSize(), slabBytes + kernels.peak());
  }

  private long neededBytes(int batchSize, long program) {
    return stateBytes() + ringBytes(batchSize) + program;
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
      boolean there = options.data().missingBytes() == 0;
      row(text, "training data", options.data().bytes(), there ? "there already" : "");
    }
    row(text, "gradients", gradientBytes, "");
    row(text, "moments of the optimizer", momentBytes, "");
    if (copyBytes > 0) {
      row(text, "BF16 copy of the parameters", copyBytes, "");
    }
    if (averageBytes > 0) {
      row(text, "average of the parameters", averageBytes, "");
    }
    row(text, "counters", counterBytes, "");
    row(text, "batch, activations and deltas", slabBytes, "");
    if (kernels.needed() > 0) {
      row(text, "scratch memory of kernels", kernels.needed(), "");
    }
    if (kernels.wanted() + kernels.passing() > 0) {
      row(
          text,
          "finding the fastest kernels",
          kernels.wanted() + kernels.passing(),
          "not counted: without it the step is slower");
    }
    options.reserves().forEach(reserve -> row(text, reserve.what(), reserve.bytes(), ""));
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
      if (neededBytes(middle, programBytes(middle)) <= freeBytes) {
        fits = middle;
      } else {
        tooLarge = middle;
      }
    }
    return fits;
  }

  private long programBytes(int batchSize) {
    StepPlan plan = StepPlan.of(options.withBatchSize(batchSize));
    return plan.slabBytes() + plan.kernels().needed();
  }
}
