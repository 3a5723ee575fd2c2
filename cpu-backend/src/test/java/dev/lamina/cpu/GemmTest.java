package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.backend.Precision;
import dev.lamina.cpu.onednn.DnnlLibrary;
import dev.lamina.op.Activation;
import dev.lamina.op.Gemm;
import dev.lamina.op.GemmActivateGradient;
import dev.lamina.op.Op;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Matrix products on every rung against sums in double precision. */
final class GemmTest {
  private static final int[][] SHAPES = {
    {1, 1, 1},
    {1, 13, 207},
    {13, 1, 5},
    {13, 207, 1},
    {207, 13, 31},
    {33, 17, 300},
    {128, 10, 512},
    {200, 270, 260},
    {601, 530, 70},
  };

  static Stream<Arguments> rungs() {
    return Stream.of(
        Arguments.of(Choice.ONEDNN, DType.FP32),
        Arguments.of(Choice.VECTOR, DType.FP32),
        Arguments.of(Choice.PLAIN, DType.FP32),
        Arguments.of(Choice.ONEDNN, DType.FP64),
        Arguments.of(Choice.VECTOR, DType.FP64),
        Arguments.of(Choice.PLAIN, DType.FP64));
  }

  private static CpuBackend open(Choice rung, int threads) {
    assumeTrue(
        rung != Choice.ONEDNN || DnnlLibrary.status().usable(),
        () -> "oneDNN is not here: " + DnnlLibrary.status().description());
    Choice kernels = rung == Choice.PLAIN ? Choice.PLAIN : Choice.AUTO;
    return new CpuBackend(threads, rung, kernels, Precision.FP32);
  }

  @Test
  void theBuildMachineHasOneDnn() {
    assumeTrue(System.getProperty("os.name").equals("Linux"));
    assumeTrue(System.getProperty("os.arch").equals("amd64"));
    assertTrue(DnnlLibrary.status().usable(), DnnlLibrary.status().description());
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void productsWithAllTransposesMatchTheDefinition(Choice rung, DType dtype) {
    try (CpuBackend backend = open(rung, 2)) {
      for (int[] shape : SHAPES) {
        for (int variant = 0; variant < 4; variant++) {
          check(backend, dtype, Gemm.of((variant & 1) != 0, (variant & 2) != 0), shape);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void scalesBiasAndActivationsMatchTheDefinition(Choice rung, DType dtype) {
    try (CpuBackend backend = open(rung, 2)) {
      for (int[] shape : new int[][] {{1, 13, 207}, {33, 17, 300}, {601, 530, 70}}) {
        for (Activation activation : Activation.values()) {
          check(backend, dtype, Gemm.of(false, true).withBias().with(activation), shape);
        }
        for (double alpha : new double[] {1, -0.25, 0}) {
          for (double beta : new double[] {0, 1, 0.5}) {
            for (boolean bias : new boolean[] {false, true}) {
              Gemm op =
                  Gemm.of(false, false).scaled(alpha, beta).withBias(bias).with(Activation.RELU);
              check(backend, dtype, op, shape);
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void addsToItsOwnOutput(Choice rung, DType dtype) {
    try (CpuBackend backend = open(rung, 2)) {
      int[] shape = {33, 170, 300};
      Gemm op = Gemm.of(true, false).scaled(2, -1).withBias();
      Case test = new Case(op, shape, dtype, 5);
      double[] expected = test.expected();
      Fixture fixture = new Fixture(backend, dtype, test.inputs(), test.types());
      Operand c = fixture.operands.get(op.indexOfC());
      fixture.run(op, List.of(c));
      assertClose(expected, fixture.read(c), dtype, shape[2], test.toString());
    }
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void notANumberAndInfinityPropagate(Choice rung, DType dtype) {
    try (CpuBackend backend = open(rung, 2)) {
      for (Activation activation : Activation.values()) {
        int[] shape = {40, 70, 33};
        Gemm op = Gemm.of(false, true).withBias().with(activation);
        Case test = new Case(op, shape, dtype, 9);
        test.inputs().get(0)[3 * 33 + 5] = Double.NaN; // row 3 of D
        test.inputs().get(1)[7 * 33 + 2] = Double.POSITIVE_INFINITY; // column 7 of D
        test.inputs().get(2)[11] = Double.NEGATIVE_INFINITY; // column 11 of D
        test.inputs().get(2)[69] = Double.NaN; // column 69 of D
        double[] expected = test.expected();
        assertTrue(Double.isNaN(expected[3 * 70 + 1]) && Double.isNaN(expected[69]));
        Fixture fixture = new Fixture(backend, dtype, test.inputs(), test.types());
        double[] found = fixture.run(op, TensorType.of(dtype, 40, 70)).getFirst();
        assertClose(expected, found, dtype, shape[2], test.toString());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void fusedGradientsMatchTheDefinition(Choice rung, DType dtype) {
    try (CpuBackend backend = open(rung, 3)) {
      for (int[] shape : SHAPES) {
        for (Activation activation : Activation.values()) {
          GemmActivateGradient op = new GemmActivateGradient(activation, true);
          Case product = new Case(Gemm.of(false, false), shape, dtype, 3);
          int m = shape[0];
          int n = shape[1];
          double[] f = random(m * n, dtype, new Random(4));
          double[] dZ = product.expected();
          double[] db = new double[n];
          for (int i = 0; i < m * n; i++) {
            dZ[i] *= Reference.derivative(activation, f[i]);
            db[i % n] += dZ[i];
          }
          TensorType type = TensorType.of(dtype, m, n);
          List<double[]> inputs = new ArrayList<>(product.inputs());
          inputs.add(f);
          List<TensorType> types = new ArrayList<>(product.types());
          types.add(type);
          Fixture fixture = new Fixture(backend, dtype, inputs, types);
          List<double[]> found = fixture.run(op, type, TensorType.of(dtype, n));
          String name = op.label() + " " + List.of(m, n, shape[2]);
          assertClose(dZ, found.get(0), dtype, shape[2], name);
          assertClose(db, found.get(1), dtype, m + shape[2], name + " db");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void theNumberOfThreadsDoesNotChangeABit(Choice rung, DType dtype) {
    int[] shape = {601, 530, 300};
    Gemm op = Gemm.of(false, true).scaled(0.5, 0).withBias().with(Activation.TANH);
    Case test = new Case(op, shape, dtype, 2);
    TensorType type = TensorType.of(dtype, 601, 530);
    List<double[]> results = new ArrayList<>();
    for (int threads : new int[] {1, 2, 3}) {
      try (CpuBackend backend = open(rung, threads)) {
        Fixture fixture = new Fixture(backend, dtype, test.inputs(), test.types());
        results.add(fixture.run(op, type).getFirst());
        GemmActivateGradient fused = new GemmActivateGradient(Activation.TANH, true);
        Case product = new Case(Gemm.of(false, false), shape, dtype, 3);
        List<double[]> inputs = new ArrayList<>(product.inputs());
        inputs.add(test.expected());
        List<TensorType> types = new ArrayList<>(product.types());
        types.add(type);
        Fixture second = new Fixture(backend, dtype, inputs, types);
        results.addAll(second.run(fused, type, TensorType.of(dtype, 530)));
      }
    }
    for (int i = 3; i < results.size(); i++) {
      assertArrayEquals(results.get(i % 3), results.get(i));
    }
  }

  private static void check(CpuBackend backend, DType dtype, Gemm op, int[] shape) {
    Case test = new Case(op, shape, dtype, 1);
    Fixture fixture = new Fixture(backend, dtype, test.inputs(), test.types());
    double[] found = fixture.run(op, TensorType.of(dtype, shape[0], shape[1])).getFirst();
    assertClose(test.expected(), found, dtype, shape[2], test.toString());
  }

  /** Operands in [-1, 1]: an error of a few units in the last place for each term of the sum. */
  private static void assertClose(
      double[] expected, double[] found, DType dtype, int terms, String name) {
    double unit = dtype == DType.FP32 ? 0x1p-23 : 0x1p-52;
    for (int i = 0; i < expected.length; i++) {
      double tolerance = unit * (4 + terms) * Math.max(1, Math.abs(expected[i]));
      if (Double.isNaN(expected[i]) || Double.isInfinite(expected[i])) {
        assertEquals(expected[i], found[i], name + " at " + i);
      } else {
        assertEquals(expected[i], found[i], tolerance, name + " at " + i);
      }
    }
  }

  private static double[] random(int size, DType dtype, Random random) {
    return random.doubles(size, -1, 1).map(x -> dtype == DType.FP32 ? (float) x : x).toArray();
  }

  /** A product with random operands. */
  private static final class Case {
    private final Gemm op;
    private final int[] shape;
    private final DType dtype;
    private final List<double[]> inputs = new ArrayList<>();

    Case(Gemm op, int[] shape, DType dtype, long seed) {
      this.op = op;
      this.shape = shape;
      this.dtype = dtype;
      Random random = new Random(seed);
      for (TensorType type : types()) {
        inputs.add(random((int) type.size(), dtype, random));
      }
    }

    List<double[]> inputs() {
      return inputs;
    }

    List<TensorType> types() {
      int m = shape[0];
      int n = shape[1];
      int k = shape[2];
      List<TensorType> types = new ArrayList<>();
      types.add(op.transposeA() ? TensorType.of(dtype, k, m) : TensorType.of(dtype, m, k));
      types.add(op.transposeB() ? TensorType.of(dtype, n, k) : TensorType.of(dtype, k, n));
      if (op.bias()) {
        types.add(TensorType.of(dtype, n));
      }
      if (op.beta() != 0) {
        types.add(TensorType.of(dtype, m, n));
      }
      return types;
    }

    double[] expected() {
      int m = shape[0];
      int n = shape[1];
      int k = shape[2];
      double[] a = inputs.get(0);
      double[] b = inputs.get(1);
      double[] d = new double[m * n];
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          double sum = 0;
          for (int p = 0; p < k; p++) {
            double x = op.transposeA() ? a[p * m + i] : a[i * k + p];
            double y = op.transposeB() ? b[j * k + p] : b[p * n + j];
            sum += x * y;
          }
          double z = op.alpha() * sum;
          if (op.beta() != 0) {
            z += op.beta() * inputs.get(op.indexOfC())[i * n + j];
          }
          if (op.bias()) {
            z += inputs.get(2)[j];
          }
          d[i * n + j] = Reference.activate(op.activation(), z);
        }
      }
      return d;
    }

    @Override
    public String toString() {
      return op + " m " + shape[0] + " n " + shape[1] + " k " + shape[2] + " " + dtype;
    }
  }

  /** Operands on a backend, packed one after the other without any alignment but the elements'. */
  private static final class Fixture {
    private final CpuBackend backend;
    private final DType dtype;
    private final List<Operand> operands = new ArrayList<>();

    Fixture(CpuBackend backend, DType dtype, List<double[]> values, List<TensorType> types) {
      this.backend = backend;
      this.dtype = dtype;
      long bytes = types.stream().mapToLong(TensorType::bytes).sum() + dtype.bytes();
      Memory memory = backend.allocate("inputs", bytes);
      long offset = dtype.bytes();
      for (int i = 0; i < values.size(); i++) {
        memory.write(offset, host(values.get(i)));
        operands.add(new Operand(memory, offset, types.get(i)));
        offset += types.get(i).bytes();
      }
    }

    List<double[]> run(Op op, TensorType... outputs) {
      List<Operand> results = new ArrayList<>();
      for (TensorType type : outputs) {
        results.add(new Operand(backend.allocate("output", type.bytes()), 0, type));
      }
      run(op, results);
      return results.stream().map(this::read).toList();
    }

    void run(Op op, List<Operand> outputs) {
      Call call = new Call("test", op, operands, outputs);
      try (Executable executable = backend.compile("test", List.of(call))) {
        executable.run();
      }
    }

    private MemorySegment host(double[] values) {
      if (dtype == DType.FP64) {
        return MemorySegment.ofArray(values);
      }
      float[] narrow = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        narrow[i] = (float) values[i];
      }
      return MemorySegment.ofArray(narrow);
    }

    double[] read(Operand operand) {
      int size = (int) operand.type().size();
      double[] wide = new double[size];
      if (dtype == DType.FP64) {
        operand.memory().read(operand.offset(), MemorySegment.ofArray(wide));
        return wide;
      }
      float[] narrow = new float[size];
      operand.memory().read(operand.offset(), MemorySegment.ofArray(narrow));
      for (int i = 0; i < size; i++) {
        wide[i] = narrow[i];
      }
      return wide;
    }
  }
}
