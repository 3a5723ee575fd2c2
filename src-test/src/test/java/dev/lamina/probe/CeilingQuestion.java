package dev.lamina.probe;

import dev.lamina.cuda.lt.Epilogue;
import dev.lamina.cuda.lt.MatmulAlgorithm;
import dev.lamina.cuda.natives.NativeDevicePointer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import jcuda.driver.JCudaDriver;

/** The rates that everything else is a share of: large products of random numbers, and a copy. */
final class CeilingQuestion implements Question {
  /** So many numbers again and again; a prime number, so that no row is like another. */
  private static final int RANDOM = 1_000_003;

  @Override
  public String name() {
    return "ceilings";
  }

  @Override
  public List<Answer> ask(ProbeGpu gpu) {
    List<Answer> answers = new ArrayList<>();
    try (Clockwork clock = new Clockwork(gpu.stream())) {
      for (ProbeType type : List.of(ProbeType.FP32, ProbeType.TF32, ProbeType.BF16)) {
        answers.addAll(product(gpu, clock, type));
      }
      long bytes = gpu.size(1 << 30, 1 << 12);
      NativeDevicePointer from = gpu.allocate(bytes);
      NativeDevicePointer to = gpu.allocate(bytes);
      double microseconds =
          clock.device(() -> JCudaDriver.cuMemcpyDtoDAsync(to, from, bytes, gpu.stream()));
      double rate = 2 * bytes / microseconds * 1e-6;
      answers.add(
          Answer.of("copy on the device, read and written: %.2f TB/s", rate)
              .with("what", "copy")
              .with("tb_per_s", rate));
    }
    return answers;
  }

  private static List<Answer> product(ProbeGpu gpu, Clockwork clock, ProbeType type) {
    int extent = gpu.size(type == ProbeType.FP32 ? 4096 : 8192, 16);
    try (ProbeProduct product =
        new ProbeProduct(gpu, type, Epilogue.DEFAULT, true, false, extent, extent, extent)) {
      double[] random = new SplittableRandom(1).doubles(RANDOM, -1, 1).toArray();
      for (NativeDevicePointer matrix : List.of(product.a, product.b)) {
        ProbeProduct.write(matrix, type.operands(), extent * extent, i -> random[i % RANDOM]);
      }
      List<MatmulAlgorithm> algorithms = product.algorithms(1);
      if (algorithms.isEmpty()) {
        return List.of();
      }
      double microseconds =
          clock.device(() -> product.enqueue(gpu.stream(), algorithms.getFirst()));
      double rate = product.flops() / microseconds * 1e-6;
      return List.of(
          Answer.of(
                  "%s product of extent %d: %.4g TFLOP/s (%.4g us)",
                  type, extent, rate, microseconds)
              .with("what", type.name())
              .with("extent", extent)
              .with("tflop_per_s", rate));
    }
  }
}
