package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.Backends;
import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.op.GemmBiasGradient;
import dev.lamina.oracle.Value;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bias gradient out of the weight gradient's product, on the emulator. */
class CudaBiasGradientTest extends EmulatedProducts {
  private static final List<Long> ONE_PRODUCT = List.of(0L, 1L);
  private static final List<Long> WITH_KERNEL = List.of(1L, 1L);

  private static OpCase opCase(DType dtype) {
    List<TensorType> types = List.of(TensorType.of(dtype, 40, 10), TensorType.of(dtype, 40, 16));
    return new OpCase(
        new GemmBiasGradient(dtype == DType.BF16),
        dtype,
        types,
        List.of(Samplers.NORMAL, Samplers.NORMAL),
        false);
  }

  /** How many kernels and library functions it is, which is right. */
  private List<Long> startedAndRight(BackendOptions options, DType dtype) {
    OpCase opCase = opCase(dtype);
    try (Backend backend = Backends.open("cuda", options)) {
      assertEquals(List.of(), new CaseRunner(backend).failures(opCase));
      List<TensorType> types = new ArrayList<>(opCase.types());
      types.addAll(opCase.outputs());
      try (Stage stage = new Stage(backend, Placement.ALIGNED, types)) {
        List<Value> inputs = opCase.inputs();
        stage.put(0, inputs.get(0));
        stage.put(1, inputs.get(1));
        stage.write();
        Call call =
            new Call(
                "case",
                opCase.op(),
                List.of(stage.operand(0), stage.operand(1)),
                List.of(stage.operand(2), stage.operand(3)));
        try (Executable executable = backend.compile("case", List.of(call))) {
          return started(() -> {
            executable.run();
            backend.synchronize();
          });
        }
      }
    }
  }

  @Test
  void theProductLeavesItWhereThatWasFoundRight() {
    for (DType dtype : List.of(DType.FP32, DType.BF16)) {
      assertEquals(ONE_PRODUCT, startedAndRight(MEASURED, dtype));
      assertEquals(WITH_KERNEL, startedAndRight(FIRST, dtype), "what it is rounded to is unknown");
    }
  }

  @Test
  void sumsThatAreRoundedTooMuchAreRefused() {
    emulator.set("sums_are_coarse", true);
    for (DType dtype : List.of(DType.FP32, DType.BF16)) {
      assertEquals(WITH_KERNEL, startedAndRight(MEASURED, dtype));
    }
  }

  @Test
  void withoutCublasLtAKernelDoesIt() {
    emulator.set("unsupported", "cublasLtMatmulAlgoGetHeuristic");
    assertEquals(WITH_KERNEL, startedAndRight(MEASURED, DType.BF16));
  }
}
