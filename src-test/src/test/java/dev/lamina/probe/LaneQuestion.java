package dev.lamina.probe;

import dev.lamina.cuda.natives.NativeDevicePointer;
import dev.lamina.cuda.natives.NativeStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What independent work gains in a graph by 2 and 4 streams, and what forking and joining cost. */
final class LaneQuestion implements Question {
  private static final int[] LANES = {1, 2, 4};

  @Override
  public String name() {
    return "lanes";
  }

  @Override
  public List<Answer> ask(ProbeGpu gpu) {
    List<Answer> answers = new ArrayList<>();
    for (int words : new int[] {1, gpu.size(1 << 16, 256), gpu.size(1 << 19, 1024)}) {
      int kernels = 32;
      NativeDevicePointer memory = gpu.allocate((long) kernels * words * Integer.BYTES);
      Answer answer = Answer.of("");
      List<String> times = new ArrayList<>();
      for (int lanes : LANES) {
        double microseconds = time(gpu, memory, words, kernels, lanes);
        answer = answer.with("lanes_" + lanes, microseconds);
        times.add(String.format(Locale.ROOT, "%.1f us on %d", microseconds, lanes));
      }
      String what =
          String.format(
              Locale.ROOT, "%d independent kernels of one block and %,d words", kernels, words);
      answers.add(
          new Answer(what + ": " + String.join(", ", times), answer.values()).with("words", words));
    }
    return answers;
  }

  private static double time(
      ProbeGpu gpu, NativeDevicePointer memory, int words, int kernels, int lanes) {
    List<NativeStream> streams = gpu.streams(lanes);
    try (Clockwork clock = new Clockwork(gpu.stream())) {
      return clock.graphed(() ->
          clock.spread(
              streams,
              () -> {
                for (int i = 0; i < kernels; i++) {
                  gpu.fill(
                      streams.get(i % lanes),
                      memory.withByteOffset((long) i * words * Integer.BYTES),
                      words,
                      1);
                }
              }));
    }
  }
}
