package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.Backends;
import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.backend.Precision;
import dev.lamina.cuda.CudaException;
import dev.lamina.emulator.CudaEmulator;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import dev.lamina.op.Gemm;
import dev.lamina.oracle.Activations;
import dev.lamina.train.TrainingStep;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The CUDA backend's products on the emulator: by cuBLASLt, fused, measured, kept in a file. */
class CudaProductsTest extends EmulatedProducts {
  private static final Gemm LAYER = Gemm.of(false, true).withBias().with(Activation.RELU);
  private static final Gemm AFFINE = Gemm.of(false, true).withBias();

  private static final int M = 5;
  private static final int N = 7;
  private static final int K = 3;

  @Test
  void measuredProductsAreRight() {
    assertTrue(checkCases(MEASURED, 20_000) > 500);
  }

  @Test
  void firstAlgorithmsAreRight() {
    assertTrue(checkCases(FIRST, 1_000_000) > 700);
  }

  private int checkCases(BackendOptions options, long flops) {
    List<OpCase> cases =
        OpCases.all().stream()
            .filter(c -> c.dtype() != DType.FP64)
            .filter(c -> CaseList.isProduct(c.op()))
            .filter(c -> c.op().flops(c.types(), c.outputs()) <= flops)
            .toList();
    List<String> failures = new ArrayList<>();
    try (Backend backend = Backends.open("cuda", options)) {
      CaseRunner runner = new CaseRunner(backend);
      cases.forEach(c -> failures.addAll(runner.failures(c)));
    }
    assertEquals(List.of(), failures);
    return cases.size();
  }

  /** A layer with whole numbers, so that every way gives the same bits. */
  private final class Layer implements AutoCloseable {
    final Backend backend;
    final Memory memory;
    final Executable executable;
    final Operand d;

    Layer(BackendOptions options, Gemm op, float bias) {
      this(Backends.open("cuda", options), op, bias);
    }

    Layer(Backend opened, Gemm op, float bias) {
      backend = opened;
      memory = backend.allocate("layer", 1024);
      Operand a = operand(0, M, K);
      Operand b = operand(256, N, K);
      Operand row = operand(512, N);
      d = operand(768, M, N);
      memory.write(a.offset(), MemorySegment.ofArray(numbers(M * K)));
      memory.write(b.offset(), MemorySegment.ofArray(numbers(N * K)));
      float[] biases = new float[N];
      Arrays.fill(biases, bias);
      memory.write(row.offset(), MemorySegment.ofArray(biases));
      executable =
          backend.compile("layer", List.of(new Call("x", op, List.of(a, b, row), List.of(d))));
    }

    private Operand operand(long offset, long... extents) {
      return new Operand(memory, offset, TensorType.of(DType.FP32, extents));
    }

    float[] run() {
      executable.run();
      float[] result = new float[M * N];
      memory.read(d.offset(), MemorySegment.ofArray(result));
      return result;
    }

    /** How many kernels and library functions one run starts. */
    List<Long> started() {
      return CudaProductsTest.this.started(this::run);
    }

    @Override
    public void close() {
      executable.close();
      memory.close();
      backend.close();
    }
  }

  private static float[] numbers(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = i % 5 - 2;
    }
    return numbers;
  }

  private static float[] expected(Gemm op, float bias) {
    float[] a = numbers(M * K);
    float[] b = numbers(N * K);
    float[] d = new float[M * N];
    for (int i = 0; i < M; i++) {
      for (int j = 0; j < N; j++) {
        double sum = bias;
        for (int k = 0; k < K; k++) {
          sum += a[i * K + k] * b[j * K + k];
        }
        d[i * N + j] = (float) Activations.value(op.activation(), sum);
      }
    }
    return d;
  }

  private List<Long> startedAndRight(BackendOptions options, Gemm op) {
    try (Layer layer = new Layer(options, op, 1)) {
      assertArrayEquals(expected(op, 1), layer.run());
      return layer.started();
    }
  }

  @Test
  void aLayerIsOneCallOfTheLibrary() {
    assertEquals(List.of(0L, 1L), startedAndRight(FIRST, AFFINE));
    assertEquals(List.of(0L, 1L), startedAndRight(MEASURED, AFFINE));
    assertEquals(List.of(0L, 1L), startedAndRight(MEASURED, LAYER));
    assertEquals(List.of(0L, 1L), startedAndRight(FIRST, LAYER));
  }

  /** ReLU of cuBLASLt is max(x, 0), by its header, which makes 0 of NaN; or it keeps a NaN. */
  @Test
  void reluIsTakenWhateverItMakesOfNaN() {
    for (boolean keepsNan : new boolean[] {false, true}) {
      emulator.set("relu_keeps_nan", keepsNan);
      for (BackendOptions options : List.of(MEASURED, FIRST)) {
        System.setProperty(CACHE_PROPERTY, cache.resolve("keeps NaN " + keepsNan).toString());
        try (Layer layer = new Layer(options, LAYER, Float.NaN)) {
          for (float value : layer.run()) {
            assertEquals(keepsNan ? Float.NaN : 0, value, options::toString);
          }
          assertEquals(List.of(0L, 1L), layer.started());
        }
      }
    }
  }

  @Test
  void withoutCublasLtCublasDoesIt() {
    for (String function : List.of("cublasLtMatmulAlgoGetHeuristic", "cublasLtMatmul")) {
      System.setProperty(CACHE_PROPERTY, cache.resolve(function).toString());
      emulator.set("unsupported", function);
      assertEquals(List.of(1L, 1L), startedAndRight(MEASURED, LAYER), function);
      emulator.set("unsupported", "");
    }
  }

  /** A candidate that is refused is none, for whatever reason. */
  @ParameterizedTest
  @ValueSource(ints = {3, 7, 8, 13, 14, 15})
  void aRefusedCandidateEndsNothing(int status) {
    emulator.set("refusal", status);
    emulator.set("unsupported", "cublasLtMatmul");
    assertEquals(List.of(1L, 1L), startedAndRight(MEASURED, LAYER));
    System.setProperty(CACHE_PROPERTY, cache.resolve("of all").toString());
    emulator.set("unsupported", "cublasLtMatmul,cublasSgemm_v2");
    try (Layer layer = new Layer(MEASURED, LAYER, 1)) {
      CudaException error = assertThrows(CudaException.class, layer::run);
      assertEquals(status, error.code(), error::getMessage);
    }
  }

  @Test
  void aDeviceThatIsLostEndsTheMeasurement() {
    for (int after = 5; after < 60; after += 5) {
      Backend backend = Backends.open("cuda", MEASURED);
      emulator.set("quiet", true);
      emulator.set("lose_device_after", after);
      assertThrows(CudaException.class, () -> new Layer(backend, LAYER, 1), "after " + after);
      assertThrows(CudaException.class, backend::close);
      assertTrue(Files.notExists(cache.resolve("products")), "nothing is kept");
      emulator.reset();
    }
  }

  /** Ones would be multiplied faster than they are in training. */
  @Test
  void randomNumbersAreMeasured() {
    long before = emulator.counter("bytes_to_device");
    try (Layer layer = new Layer(MEASURED, AFFINE, 1)) {
      long written = 4L * (M * K + N * K + N);
      long random = 4L * (M * K + N * K + N + M * N);
      assertTrue(emulator.counter("bytes_to_device") - before >= written + random);
      layer.run();
    }
  }

  /** A device is warmed up once, before what is measured first. */
  @Test
  void aGpuIsWarmedUpBeforeItIsMeasured() {
    long[] operations = new long[2];
    for (int i = 0; i < 2; i++) {
      System.setProperty(CudaEmulator.WARM_UP_PROPERTY, i == 0 ? "0" : "60");
      System.setProperty(CACHE_PROPERTY, cache.resolve("warm-up " + i).toString());
      long before = emulator.counter("operations");
      callsToPrepare();
      operations[i] = emulator.counter("operations") - before;
    }
    System.setProperty(CudaEmulator.WARM_UP_PROPERTY, "0");
    assertTrue(operations[1] > operations[0] + 50, () -> Arrays.toString(operations));
  }

  @Test
  void precisionIsAChoice() {
    float fine = 1 + 0x1p-13f;
    for (boolean autotune : new boolean[] {false, true}) {
      BackendOptions options = BackendOptions.DEFAULT.withAutotune(autotune);
      assertEquals(fine, square(options, fine));
      assertEquals(1, square(options.withPrecision(Precision.TF32), fine));
    }
    emulator.set("compute_capability", 75);
    BackendOptions tf32 = FIRST.withPrecision(Precision.TF32);
    assertEquals(fine, square(tf32, fine));
    try (Backend backend = Backends.open("cuda", tf32)) {
      String notes = backend.device().notes().toString();
      assertTrue(notes.contains("neither TF32 nor BF16"), notes);
    }
  }

  /** x times 1, by a product. */
  private static float square(BackendOptions options, float x) {
    try (Backend backend = Backends.open("cuda", options);
        Memory memory = backend.allocate("x", 768)) {
      TensorType type = TensorType.of(DType.FP32, 1, 1);
      Operand a = new Operand(memory, 0, type);
      Operand b = new Operand(memory, 256, type);
      Operand d = new Operand(memory, 512, type);
      float[] value = {x};
      memory.write(0, MemorySegment.ofArray(value));
      memory.write(256, MemorySegment.ofArray(new float[] {1}));
      Call call = new Call("x", Gemm.of(false, false), List.of(a, b), List.of(d));
      try (Executable executable = backend.compile("x", List.of(call))) {
        executable.run();
      }
      memory.read(512, MemorySegment.ofArray(value));
      return value[0];
    }
  }

  @Test
  void whatWasMeasuredIsKept() throws IOException {
    assertTrue(callsToPrepare() > 1, "the first run measures");
    Path file = file();
    String good = Files.readString(file);
    assertEquals(0, callsToPrepare(), "the second run knows");
    for (String damaged :
        List.of("", good.substring(0, good.length() / 2), good.replace("bias", "b1as"), "\0")) {
      assertNotEquals(good, damaged);
      Files.writeString(file, damaged);
      assertTrue(callsToPrepare() > 1, "a damaged file is as good as none");
      assertEquals(0, callsToPrepare(), "and is made again");
    }
    try (Stream<Path> files = Files.list(file.getParent())) {
      assertEquals(1, files.filter(f -> !f.endsWith("lock")).count(), "nothing beside it");
    }
  }

  private Path file() throws IOException {
    try (Stream<Path> files = Files.list(cache.resolve("products"))) {
      return files.filter(f -> !f.endsWith("lock")).findFirst().orElseThrow();
    }
  }

  private long callsToPrepare() {
    long before = emulator.counter("library_calls");
    try (Layer layer = new Layer(MEASURED, LAYER, 1)) {
      long calls = emulator.counter("library_calls") - before;
      assertArrayEquals(expected(LAYER, 1), layer.run());
      return calls;
    }
  }

  @Test
  void withoutMeasurementsThereIsNoFile() {
    startedAndRight(FIRST, LAYER);
    assertFalse(Files.exists(cache.resolve("products")));
  }

  @Test
  void whereThereIsNoMemoryToMeasureTheFirstIsTaken() {
    try (Backend backend = Backends.open("cuda", MEASURED);
        Memory memory = backend.allocate("x", 3072)) {
      TensorType type = TensorType.of(DType.FP32, 1, 1);
      List<Operand> operands =
          Stream.of(0, 256, 512).map(at -> new Operand(memory, at, type)).toList();
      memory.write(0, MemorySegment.ofArray(new float[] {2}));
      memory.write(256, MemorySegment.ofArray(new float[] {3}));
      Call call =
          new Call("x", Gemm.of(false, false), operands.subList(0, 2), operands.subList(2, 3));
      emulator.set("fail_allocation", 0);
      try (Executable executable = backend.compile("x", List.of(call))) {
        executable.run();
      }
      float[] d = new float[1];
      memory.read(512, MemorySegment.ofArray(d));
      assertEquals(6, d[0]);
    }
    assertFalse(Files.exists(cache.resolve("products")), "nothing was measured");
  }

  @Test
  void tooLargeABatchIsRefusedBeforeTheFirstStep() {
    emulator.set("memory", 240L << 20);
    Sequential layers = Sequential.mlp(100, List.of(64), 10, Activation.RELU, 0);
    try (Backend backend = Backends.open("cuda", FIRST);
        Model model = Model.create(layers, 100, backend, 1)) {
      long free = backend.freeBytes();
      assertTrue(free > 0 && free < 64L << 20, () -> "free: " + free);
      try (Memory memory = backend.allocate("x", 1 << 20)) {
        assertEquals(free - memory.byteSize(), backend.freeBytes());
      }
      TrainingStep.Builder step = TrainingStep.of(model).batchSize(1 << 20);
      String message = assertThrows(LaminaException.class, step::build).getMessage();
      assertTrue(message.startsWith("cuda:0 has too little memory"), message);
      assertTrue(message.contains("would fit"), message);
    }
  }
}
