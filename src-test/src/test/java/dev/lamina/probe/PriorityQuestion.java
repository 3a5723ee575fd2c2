package dev.lamina.probe;

import dev.lamina.cuda.natives.NativeDevicePointer;
import dev.lamina.cuda.natives.NativeStream;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.JCudaDriver;

/**
 * Whether short kernels on a stream of a higher priority get through beside a kernel that fills the
 * GPU several times over, on streams and in a graph.
 */
final class PriorityQuestion implements Question {
  private static final int WAVES = 64;

  @Override
  public String name() {
    return "priorities";
  }

  @Override
  public List<Answer> ask(ProbeGpu gpu) {
    int[] least = new int[1];
    int[] greatest = new int[1];
    JCudaDriver.cuCtxGetStreamPriorityRange(least, greatest);
    List<Answer> answers = new ArrayList<>();
    answers.add(
        Answer.of("stream priorities from %d to %d", least[0], greatest[0])
            .with("least", least[0])
            .with("greatest", greatest[0]));
    NativeStream low = gpu.stream(least[0]);
    int blocks = gpu.size(WAVES * gpu.residentBlocks(), 4);
    long words = blocks * (long) gpu.size(1 << 14, 64);
    NativeDevicePointer large = gpu.allocate(words * Integer.BYTES);
    NativeDevicePointer small = gpu.allocate(256);
    for (int priority : new int[] {least[0], greatest[0]}) {
      NativeStream first = gpu.stream(priority);
      try (Clockwork clock = new Clockwork(first)) {
        Runnable alone = () -> gpu.fill(first, large, words, blocks);
        Runnable both =
            () ->
                clock.spread(
                    List.of(first, low),
                    () -> {
                      gpu.fill(low, large, words, blocks);
                      LaunchQuestion.repeat(16, () -> gpu.fill(first, small, 1, 1));
                    });
        double large1 = clock.graphed(alone);
        double together = clock.graphed(both);
        double reached = reached(gpu, first, low, large, words, blocks, small);
        answers.add(
            Answer.of(
                    "priority %d beside %d: the large kernel takes %.1f us, with 16 short ones"
                        + " beside it in a graph %.1f us; on streams a short one ends after %.1f"
                        + " us",
                    priority, least[0], large1, together, reached)
                .with("priority", priority)
                .with("large_us", large1)
                .with("graph_us", together)
                .with("short_us", reached));
      }
    }
    return answers;
  }

  /** From the start of the large kernel until a short one that was launched after it has ended. */
  private static double reached(
      ProbeGpu gpu,
      NativeStream first,
      NativeStream low,
      NativeDevicePointer large,
      long words,
      int blocks,
      NativeDevicePointer small) {
    try (Clockwork clock = new Clockwork(first)) {
      return clock.device(() -> {
        clock.after(first, low);
        gpu.fill(low, large, words, blocks);
        gpu.fill(first, small, 1, 1);
      });
    }
  }
}
