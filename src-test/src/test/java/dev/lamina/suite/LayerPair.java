package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertNull;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.op.Activation;
import dev.lamina.op.Gemm;
import dev.lamina.op.GemmActivateGradient;
import dev.lamina.op.Op;
import dev.lamina.oracle.Expected;
import dev.lamina.oracle.Oracle;
import dev.lamina.oracle.Value;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** A layer, and the gradient that comes down to it from the layer above; it owns the backend. */
final class LayerPair implements AutoCloseable {
  /** m, n, k of the layer, and the width of the layer above. */
  static final int[][] SHAPES = {
    {1, 1, 1, 1}, {5, 7, 3, 4}, {16, 8, 5, 3}, {33, 130, 17, 9}, {40, 256, 32, 10}
  };

  private final SplittableRandom random = new SplittableRandom(1);
  private final Backend backend;
  private final Memory memory;
  private final Executable executable;
  private final List<Call> calls = new ArrayList<>();
  private final Operand x;
  private final Operand b;
  private final Operand above;
  private long end;

  LayerPair(Backend backend, Activation activation, DType dtype, boolean bias, int... s) {
    this(backend, () -> {}, activation, dtype, bias, s);
  }

  LayerPair(
      Backend backend,
      Runnable beforeCompiling,
      Activation activation,
      DType dtype,
      boolean bias,
      int... s) {
    this.backend = backend;
    memory = backend.allocate("pair", 1 << 20);
    x = sampled(TensorType.of(dtype, s[0], s[2]));
    Operand w = sampled(TensorType.of(dtype, s[1], s[2]));
    b = sampled(TensorType.of(dtype, s[1]));
    above = sampled(TensorType.of(dtype, s[0], s[3]));
    Operand wAbove = sampled(TensorType.of(dtype, s[3], s[1]));
    Gemm plain = Gemm.of(false, true).withBias().with(activation);
    List<Operand> layer = add(activation.ofInput() ? plain.withPreactivation() : plain, x, w, b);
    add(new GemmActivateGradient(activation, bias), above, wAbove, layer.getLast());
    beforeCompiling.run();
    executable = backend.compile("pair", calls);
  }

  private Operand place(TensorType type) {
    Operand operand = new Operand(memory, end, type);
    end += Operand.aligned(type.bytes());
    return operand;
  }

  private Operand sampled(TensorType type) {
    Operand operand = place(type);
    put(operand, Samplers.NORMAL.sample(type, random));
    return operand;
  }

  private List<Operand> add(Op op, Operand... inputs) {
    List<Operand> outputs =
        op.infer(Arrays.stream(inputs).map(Operand::type).toList()).stream()
            .map(this::place)
            .toList();
    calls.add(new Call("call " + calls.size(), op, List.of(inputs), outputs));
    return outputs;
  }

  private void put(Operand operand, Value value) {
    byte[] bytes = new byte[Math.toIntExact(operand.type().bytes())];
    Elements.encode(value, bytes, 0);
    memory.write(operand.offset(), MemorySegment.ofArray(bytes));
  }

  private Value get(Operand operand) {
    byte[] bytes = new byte[Math.toIntExact(operand.type().bytes())];
    memory.read(operand.offset(), MemorySegment.ofArray(bytes));
    return Elements.decode(operand.type(), bytes, 0);
  }

  void run() {
    executable.run();
  }

  /** Runs and compares each call with the oracle, given what the calls before it left. */
  void check() {
    run();
    for (Call call : calls) {
      List<Value> inputs = call.inputs().stream().map(this::get).toList();
      List<Expected> expected = Oracle.run(call.op(), inputs).outputs();
      for (int i = 0; i < expected.size(); i++) {
        Value found = get(call.outputs().get(i));
        assertNull(Comparison.mismatch(expected.get(i), found), call + " output " + i);
      }
    }
  }

  void bias(double... values) {
    put(b, new Value(b.type(), values));
  }

  void input(double... values) {
    put(x, new Value(x.type(), values));
  }

  long workspaceBytes() {
    return executable.workspaceBytes();
  }

  /** The first run, a capture, replays, other numbers. */
  void checkThroughout() {
    for (int run = 0; run < 3; run++) {
      check();
      put(x, Samplers.NORMAL.sample(x.type(), random));
      put(above, Samplers.NORMAL.sample(above.type(), random));
    }
    // cuBLASLt's gradient of GELU need not know the limits at infinity.
    double[] biases = Samplers.SPECIAL_TERMS.sample(b.type(), random).data();
    boolean limited = calls.getFirst().outputs().size() > 1;
    Arrays.setAll(biases, i -> limited && Math.abs(biases[i]) > 1e3 ? Double.NaN : biases[i]);
    bias(biases);
    check();
  }

  @Override
  public void close() {
    executable.close();
    memory.close();
    backend.close();
  }
}
