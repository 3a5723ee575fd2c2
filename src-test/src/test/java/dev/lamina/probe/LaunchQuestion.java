package dev.lamina.probe;

import dev.lamina.cuda.lt.Epilogue;
import dev.lamina.cuda.lt.MatmulAlgorithm;
import dev.lamina.cuda.natives.NativeDevicePointer;
import dev.lamina.cuda.natives.NativeStream;
import java.util.ArrayList;
import java.util.List;

/** What a launch, an edge of a graph and a small product cost. */
final class LaunchQuestion implements Question {
  @Override
  public String name() {
    return "launch";
  }

  @Override
  public List<Answer> ask(ProbeGpu gpu) {
    int count = gpu.size(512, 8);
    NativeStream stream = gpu.stream();
    NativeDevicePointer word = gpu.allocate(256);
    List<Answer> answers = new ArrayList<>();
    try (Clockwork clock = new Clockwork(stream)) {
      Runnable chain = () -> repeat(count, () -> gpu.fill(stream, word, 1, 1));
      answers.add(each("a kernel's launch on the host", clock.host(chain) / count));
      answers.add(each("kernels one after the other on a stream", clock.device(chain) / count));
      answers.add(each("kernels one after the other in a graph", clock.graphed(chain) / count));
      Runnable one = () -> gpu.fill(stream, word, 1, 1);
      answers.add(each("a graph of one kernel", clock.graphed(one)));
      answers.add(
          each(
              "a graph's launch on the host",
              clock.graph(one, launch -> clock.host(() -> repeat(count, launch)) / count)));
      for (ProbeType type : List.of(ProbeType.FP32, ProbeType.BF16)) {
        answers.addAll(product(gpu, clock, type));
      }
    }
    return answers;
  }

  private static List<Answer> product(ProbeGpu gpu, Clockwork clock, ProbeType type) {
    int count = gpu.size(64, 2);
    int m = gpu.size(512, 16);
    int n = gpu.size(128, 16);
    int k = gpu.size(784, 16);
    try (ProbeProduct product =
        new ProbeProduct(gpu, type, Epilogue.DEFAULT, true, false, m, n, k)) {
      List<MatmulAlgorithm> algorithms = product.algorithms(1);
      if (algorithms.isEmpty()) {
        return List.of();
      }
      product.run(algorithms.getFirst());
      Runnable chain =
          () -> repeat(count, () -> product.enqueue(gpu.stream(), algorithms.getFirst()));
      return List.of(
          each(
              "products " + m + " x " + n + " x " + k + " in " + type + " one after the other",
              clock.graphed(chain) / count));
    }
  }

  static void repeat(int times, Runnable action) {
    for (int i = 0; i < times; i++) {
      action.run();
    }
  }

  private static Answer each(String what, double microseconds) {
    return Answer.of("%s: %.2f us", what, microseconds)
        .with("what", what)
        .with("microseconds", microseconds);
  }
}
