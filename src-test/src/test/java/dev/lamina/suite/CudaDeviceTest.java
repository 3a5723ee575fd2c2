package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.Backends;
import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.backend.Precision;
import dev.lamina.op.Activation;
import dev.lamina.op.Elementwise;
import dev.lamina.op.Gemm;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@link OpSuiteTest} leaves open on the first CUDA device, real or emulated: products that
 * were measured, precisions, and programs replayed more often than one graph repeats them.
 */
class CudaDeviceTest {
  /** So many products are measured; each takes about a quarter of a second on a GPU. */
  private static final int MEASURED = 60;

  @TempDir private Path cache;

  private BackendVariant device;
  private String cacheBefore;

  /** What is measured, is measured each time. */
  @BeforeEach
  void find() {
    List<BackendVariant> devices = BackendVariants.cuda();
    assumeFalse(devices.isEmpty(), () -> "no CUDA device: " + BackendVariants.unusable());
    device = devices.getFirst();
    cacheBefore = System.setProperty(EmulatedProducts.CACHE_PROPERTY, cache.toString());
  }

  @AfterEach
  void restoreCache() {
    if (cacheBefore != null) {
      System.setProperty(EmulatedProducts.CACHE_PROPERTY, cacheBefore);
    } else {
      System.clearProperty(EmulatedProducts.CACHE_PROPERTY);
    }
  }

  /** Some of all kinds: every so many of the suite's cases in FP32 and BF16. */
  @Test
  void productsThatWereMeasuredAreRight() {
    List<OpCase> cases =
        OpCases.all().stream()
            .filter(c -> CaseList.isProduct(c.op()))
            .filter(c -> c.dtype() != DType.FP64 && c.inputSize() <= device.largest())
            .toList();
    int step = cases.size() / MEASURED;
    assertTrue(step > 2, () -> cases.size() + " cases");
    List<String> failures = new ArrayList<>();
    try (Backend backend = Backends.open("cuda")) {
      CaseRunner runner = new CaseRunner(backend);
      for (int i = 0; i < cases.size(); i += step) {
        failures.addAll(runner.failures(cases.get(i)));
      }
    }
    assertEquals(List.of(), failures.stream().limit(10).toList());
  }

  /** A layer and its gradient may share a mask, which no operation by itself shows. */
  @Test
  void layersAndTheirGradientsAreRight() {
    for (Activation activation : List.of(Activation.RELU, Activation.GELU)) {
      for (int[] shape : LayerPair.SHAPES) {
        for (boolean bias : new boolean[] {false, true}) {
          for (DType dtype : List.of(DType.FP32, DType.BF16)) {
            try (LayerPair pair =
                new LayerPair(Backends.open("cuda"), activation, dtype, bias, shape)) {
              pair.checkThroughout();
            }
          }
        }
      }
    }
  }

  /** The last bit of 13 is beyond TF32 and BF16, and FP32 keeps it. */
  @Test
  void productsHaveThePrecisionThatIsAskedFor() {
    float fine = 1 + 0x1p-13f;
    for (boolean autotune : new boolean[] {false, true}) {
      BackendOptions options = BackendOptions.DEFAULT.withAutotune(autotune);
      assertEquals(fine, product(options, fine), "FP32");
      try (Backend backend = Backends.open("cuda", options.withPrecision(Precision.TF32))) {
        assumeFalse(backend.device().notes().toString().contains("TF32"), "a GPU that has no TF32");
      }
      assertEquals(1, product(options.withPrecision(Precision.TF32), fine), "TF32");
      assertEquals(1, product(options.withPrecision(Precision.BF16), fine), "BF16");
    }
  }

  /** An element of x·I, of a size that tensor cores take. */
  private static float product(BackendOptions options, float x) {
    int n = 256;
    TensorType type = TensorType.of(DType.FP32, n, n);
    try (Backend backend = Backends.open("cuda", options);
        Memory memory = backend.allocate("matrices", 3 * type.bytes())) {
      float[] all = new float[n * n];
      Arrays.fill(all, x);
      float[] identity = new float[n * n];
      for (int i = 0; i < n; i++) {
        identity[i * n + i] = 1;
      }
      memory.write(0, MemorySegment.ofArray(all));
      memory.write(type.bytes(), MemorySegment.ofArray(identity));
      Operand a = new Operand(memory, 0, type);
      Operand b = new Operand(memory, type.bytes(), type);
      Operand d = new Operand(memory, 2 * type.bytes(), type);
      Call call = new Call("product", Gemm.of(false, true), List.of(a, b), List.of(d));
      try (Executable executable = backend.compile("product", List.of(call))) {
        executable.run();
      }
      memory.read(2 * type.bytes(), MemorySegment.ofArray(all));
      return all[n + 1];
    }
  }

  /** Graphs hold one run or several; whole numbers show how many there were. */
  @Test
  void programsRunAsOftenAsAsked() {
    int size = 4097;
    TensorType type = TensorType.of(DType.FP32, size);
    float[] ones = new float[size];
    Arrays.fill(ones, 1);
    try (Backend backend = device.open().get();
        Memory memory = backend.allocate("program", 3 * 65536)) {
      Operand x = new Operand(memory, 0, type);
      Operand one = new Operand(memory, 65536, type);
      Operand twice = new Operand(memory, 2 * 65536, type);
      memory.write(0, MemorySegment.ofArray(ones));
      memory.write(65536, MemorySegment.ofArray(ones));
      List<Call> calls =
          List.of(
              new Call("count", Elementwise.ADD.on(type, type), List.of(x, one), List.of(x)),
              new Call("twice", Elementwise.scale(2).on(type), List.of(x), List.of(twice)));
      int runs = 0;
      try (Executable executable = backend.compile("program", calls)) {
        for (int times : new int[] {1, 7, 8, 9, 100, 1, 16}) {
          executable.run(times);
          runs += times;
          float[] expected = new float[size];
          float[] found = new float[size];
          for (int factor = 1; factor <= 2; factor++) {
            Arrays.fill(expected, factor * (1 + runs));
            memory.read(factor == 1 ? 0 : 2 * 65536, MemorySegment.ofArray(found));
            assertArrayEquals(expected, found, runs + " runs");
          }
        }
      }
    }
  }
}
