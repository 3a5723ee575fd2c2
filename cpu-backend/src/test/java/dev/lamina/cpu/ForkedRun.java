package dev.lamina.cpu;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.op.Activation;
import dev.lamina.op.Gemm;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * What {@link StartTest} runs in a Java runtime of its own: opens the CPU and computes a little.
 */
final class ForkedRun {
  private ForkedRun() {}

  /** Prints what the backend says of itself and the sum of a small product. */
  public static void main(String[] args) {
    System.out.println("probe " + Backends.probe());
    try (Backend backend = Backends.open("auto")) {
      backend.device().notes().forEach(note -> System.out.println("note " + note));
      for (DType dtype : List.of(DType.FP32, DType.FP64)) {
        TensorType type = TensorType.of(dtype, 40, 40);
        Memory in = backend.allocate("in", type.bytes());
        Memory out = backend.allocate("out", type.bytes());
        float[] singles = new float[1600];
        double[] doubles = new double[1600];
        java.util.Arrays.fill(singles, 0.5f);
        java.util.Arrays.fill(doubles, 0.5);
        in.write(
            0,
            dtype == DType.FP32 ? MemorySegment.ofArray(singles) : MemorySegment.ofArray(doubles));
        Operand a = new Operand(in, 0, type);
        Operand d = new Operand(out, 0, type);
        Gemm op = Gemm.of(false, true).with(Activation.SIGMOID);
        try (Executable executable =
            backend.compile("c", List.of(new Call("p", op, List.of(a, a), List.of(d))))) {
          executable.run();
        }
        out.read(
            0,
            dtype == DType.FP32 ? MemorySegment.ofArray(singles) : MemorySegment.ofArray(doubles));
        double first = dtype == DType.FP32 ? singles[0] : doubles[0];
        System.out.printf("sigmoid(10) %s %.6f%n", dtype, first);
      }
    }
  }
}
