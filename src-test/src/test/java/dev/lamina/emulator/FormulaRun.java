package dev.lamina.emulator;

import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuModuleUnload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cuda.formula.FormulaKernel;
import dev.lamina.cuda.formula.Parameter;
import dev.lamina.cuda.nvrtc.Nvrtc;
import dev.lamina.formula.Element;
import dev.lamina.formula.ErrorAnalysis;
import dev.lamina.formula.Evaluation;
import dev.lamina.formula.Formula;
import dev.lamina.formula.Input;
import dev.lamina.formula.Kind;
import dev.lamina.formula.Output;
import dev.lamina.formula.Range;
import dev.lamina.type.BFloat16;
import dev.lamina.type.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;

/**
 * Runs a formula's kernel on the emulator over random operands, and the interpreter over the same
 * ones: both must leave the same bits.
 */
@SuppressWarnings("restricted")
final class FormulaRun implements AutoCloseable {
  private static final double[] EDGES = {
    0, -0.0, 1, -1, 1e-40, 88.7, -104, 3e38, Double.NaN, 1 / 0.0, -1 / 0.0
  };
  private static final int THREADS = 256;

  private final EmulatedGpu gpu;
  private final Nvrtc nvrtc;
  private final Map<List<Integer>, Double> wanted = new HashMap<>();
  private final List<CUmodule> modules = new ArrayList<>();
  private final List<CUdeviceptr> memory = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(11);
  private int misalignment;
  private boolean edges = true;

  FormulaRun(EmulatedGpu gpu) {
    this.gpu = gpu;
    gpu.emulator.loadBackendKernels();
    Path library = gpu.emulator.libraries().resolve("libnvrtc.so.12");
    nvrtc = Nvrtc.bind(SymbolLookup.libraryLookup(library, Arena.global()));
  }

  /** An operand's numbers, as stored, and where they lie. */
  record Operand(DType dtype, double[] numbers, CUdeviceptr place, List<Double> before) {
    /** The numbers now. */
    List<Double> after() {
      byte[] bytes = new byte[numbers.length * dtype.bytes()];
      cuMemcpyDtoH(Pointer.to(bytes), place, bytes.length);
      ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
      List<Double> values = new ArrayList<>();
      for (int i = 0; i < numbers.length; i++) {
        values.add(
            switch (dtype) {
              case FP32 -> (double) buffer.getFloat();
              case FP64 -> buffer.getDouble();
              case BF16 -> (double) BFloat16.toFloat(buffer.getShort());
              case INT32 -> (double) buffer.getInt();
              case UINT8 -> (double) (buffer.get() & 0xFF);
            });
      }
      return values;
    }

    double value(int i) {
      return after().get(i);
    }
  }

  /** Sets a number of an input before the next run. */
  void put(int input, int element, double value) {
    wanted.put(List.of(input, element), value);
  }

  /** Leaves NaN, infinities and the like out of the operands. */
  void finite() {
    edges = false;
  }

  /** Lets operands start at addresses that are multiples of their elements only. */
  void misalign() {
    misalignment = 1;
  }

  /** Runs the formula over [m, n]; the inputs, then the new outputs. */
  List<Operand> run(Formula formula, int m, int n) {
    List<Operand> operands = new ArrayList<>();
    for (int i = 0; i < formula.inputs().size(); i++) {
      Input input = formula.inputs().get(i);
      int size =
          switch (input.kind()) {
            case FULL -> m * n;
            case ROW -> n;
            case COLUMN -> m;
            case SINGLE -> input.length();
          };
      operands.add(operand(input, i, size));
    }
    for (Output output : formula.outputs()) {
      if (output.isNew()) {
        operands.add(operand(new Input(Kind.FULL, output.dtype(), 1), -1, m * n));
      }
    }
    launch(FormulaKernel.of(formula), operands, m, n);
    wanted.clear();
    List<Operand> interpreted = operands.stream().map(o -> place(o.dtype(), o.numbers())).toList();
    InterpretedRun.run(gpu, formula, interpreted.stream().map(Operand::place).toList(), m, n);
    for (int i = 0; i < operands.size(); i++) {
      assertEquals(operands.get(i).after(), interpreted.get(i).after(), "interpreted " + i);
    }
    return operands;
  }

  private Operand operand(Input input, int number, int size) {
    double[] numbers = new double[size];
    for (int i = 0; i < size; i++) {
      double value = Evaluation.round(input.dtype(), sample(input));
      numbers[i] = wanted.getOrDefault(List.of(number, i), value);
    }
    return place(input.dtype(), numbers);
  }

  private Operand place(DType dtype, double[] numbers) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.max(1, numbers.length) * dtype.bytes())
            .order(ByteOrder.nativeOrder());
    for (int i = 0; i < numbers.length; i++) {
      switch (dtype) {
        case FP32 -> bytes.putFloat((float) numbers[i]);
        case FP64 -> bytes.putDouble(numbers[i]);
        case BF16 -> bytes.putShort(BFloat16.of(numbers[i]));
        case INT32 -> bytes.putInt((int) numbers[i]);
        case UINT8 -> bytes.put((byte) numbers[i]);
      }
    }
    CUdeviceptr base = gpu.allocate(bytes.capacity() + 16);
    memory.add(base);
    CUdeviceptr place = base.withByteOffset((long) misalignment * dtype.bytes());
    cuMemcpyHtoD(place, Pointer.to(bytes.array()), bytes.capacity());
    return new Operand(dtype, numbers, place, Arrays.stream(numbers).boxed().toList());
  }

  private double sample(Input input) {
    if (input.length() > 1) { // clocks and the numbers of an optimizer
      return input.dtype() == DType.INT32 ? random.nextInt(1000) : 0;
    }
    boolean edge = edges && input.dtype().isFloating() && random.nextInt(8) == 0;
    return edge ? EDGES[random.nextInt(EDGES.length)] : random.nextDouble(-4, 4);
  }

  private void launch(FormulaKernel kernel, List<Operand> operands, int m, int n) {
    CUmodule module = new CUmodule();
    cuModuleLoadData(module, compile(kernel));
    modules.add(module);
    CUfunction function = new CUfunction();
    cuModuleGetFunction(function, module, kernel.name());
    List<Object> arguments = new ArrayList<>();
    operands.forEach(o -> arguments.add(o.place()));
    arguments.add((long) m);
    arguments.add((long) n);
    kernel.parameters().forEach(p -> arguments.add(argument(p)));
    Pointer parameters = EmulatedGpu.parameters(arguments.toArray());
    cuLaunchKernel(function, 2, 1, 1, THREADS, 1, 1, 0, null, parameters, null);
    cuCtxSynchronize();
  }

  private static Object argument(Parameter parameter) {
    return switch (parameter) {
      case Parameter.Constant(double value, DType type) when type == DType.FP32 -> (float) value;
      case Parameter.Constant c -> c.value();
      case Parameter.Limit limit -> limit.value();
      case Parameter.Stream stream -> stream.value();
    };
  }

  private String compile(FormulaKernel kernel) {
    Map<String, String> headers = new TreeMap<>();
    Path folder = CudaEmulator.backendFolder().resolve("src/main/cuda");
    for (String name : List.of("common.cuh", "formula.cuh", "random.cuh")) {
      headers.put(name, BuildCache.read(folder.resolve(name)));
    }
    assertTrue(Files.isDirectory(folder));
    List<String> options = List.of("--gpu-architecture=compute_75", "--std=c++17", "--fmad=false");
    return new String(
        nvrtc
            .compile(kernel.source(), kernel.name() + ".cu", headers, options)
            .getBytes(StandardCharsets.US_ASCII),
        StandardCharsets.US_ASCII);
  }

  /** As {@link #run}, and compares every element with its error bound. */
  List<Operand> check(Formula formula, int m, int n) {
    List<Operand> operands = run(formula, m, n);
    List<List<Double>> results = new ArrayList<>();
    int made = formula.inputs().size();
    for (Output output : formula.outputs()) {
      results.add(operands.get(output.isNew() ? made++ : output.over()).after());
    }
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        Element element = element(formula, operands, i, j, n);
        ErrorAnalysis analysis = ErrorAnalysis.of(formula, element);
        for (int k = 0; k < results.size(); k++) {
          Range allowed = analysis.output(k);
          double found = results.get(k).get(i * n + j);
          String place = "output " + k + " at [" + i + ", " + j + "]";
          assertTrue(
              allowed.contains(found),
              () -> place + " is " + found + ", allowed " + allowed + "\n" + formula);
        }
      }
    }
    return operands;
  }

  private static Element element(Formula formula, List<Operand> operands, int i, int j, int n) {
    double[][] inputs = new double[formula.inputs().size()][];
    for (int k = 0; k < inputs.length; k++) {
      double[] numbers = operands.get(k).numbers();
      inputs[k] =
          switch (formula.inputs().get(k).kind()) {
            case FULL -> new double[] {numbers[i * n + j]};
            case ROW -> new double[] {numbers[j]};
            case COLUMN -> new double[] {numbers[i]};
            case SINGLE -> numbers;
          };
    }
    return new Element(inputs, i, j, n);
  }

  @Override
  public void close() {
    memory.forEach(gpu::free);
    modules.forEach(module -> cuModuleUnload(module));
  }
}
