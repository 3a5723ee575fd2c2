package dev.lamina.probe;

import dev.lamina.cuda.lt.Epilogue;
import dev.lamina.cuda.lt.LtHandle;
import dev.lamina.cuda.lt.MatmulAlgorithm;
import java.util.ArrayList;
import java.util.List;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;

/** How much device memory cuBLAS and cuBLASLt take by themselves. */
final class MemoryQuestion implements Question {
  private static final int HANDLES = 3;

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public List<Answer> ask(ProbeGpu gpu) {
    List<Answer> answers = new ArrayList<>();
    List<cublasHandle> handles = new ArrayList<>();
    for (int i = 1; i <= HANDLES; i++) {
      cublasHandle handle = new cublasHandle();
      long taken = taken(() -> JCublas2.cublasCreate(handle));
      handles.add(handle);
      answers.add(answer("cuBLAS handle " + i, taken));
    }
    handles.forEach(JCublas2::cublasDestroy);
    List<LtHandle> made = new ArrayList<>();
    answers.add(answer("a second cuBLASLt handle", taken(() -> made.add(gpu.lt().handle()))));
    made.forEach(LtHandle::close);
    try (ProbeProduct product =
        new ProbeProduct(gpu, ProbeType.BF16, Epilogue.DEFAULT, true, false, 256, 256, 256)) {
      List<MatmulAlgorithm> algorithms = new ArrayList<>();
      answers.add(
          answer(
              "cuBLASLt's first heuristic", taken(() -> algorithms.addAll(product.algorithms(1)))));
      for (MatmulAlgorithm algorithm : algorithms) {
        answers.add(answer("the code of its first product", taken(() -> product.run(algorithm))));
      }
    }
    return answers;
  }

  private static long taken(Runnable action) {
    ProbeGpu.synchronize();
    long before = ProbeGpu.freeBytes();
    action.run();
    ProbeGpu.synchronize();
    return before - ProbeGpu.freeBytes();
  }

  private static Answer answer(String what, long bytes) {
    return Answer.of("%s: %,d bytes", what, bytes).with("what", what).with("bytes", bytes);
  }
}
