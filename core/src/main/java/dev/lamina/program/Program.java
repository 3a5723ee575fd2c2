package dev.lamina.program;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.graph.Variable;
import dev.lamina.type.BFloat16;
import dev.lamina.type.DType;
import dev.lamina.type.ShapeException;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * A planned graph bound to a backend's memory: runs any number of times and allocates nothing while
 * it does. Owns its slab; the variables belong to whoever bound them.
 *
 * <p>One thread at a time may use a program. Programs of several threads on one device, with the
 * same variables too, run one after the other, each run as a whole.
 */
public final class Program implements AutoCloseable {
  private final ProgramPlan plan;
  private final Map<Variable, Operand> bindings;
  private final Memory slab;
  private final Executable executable;
  private final Set<String> unwritten;
  private final Set<String> unwrittenView;
  private boolean closed;

  Program(ProgramPlan plan, Map<Variable, Operand> bindings) {
    this.plan = plan;
    this.bindings = Map.copyOf(bindings);
    Backend backend = plan.backend();
    String label = "slab of program " + plan.name();
    long bytes = plan.slabBytes();
    slab = bytes == 0 ? new PlannedMemory(label, bytes) : backend.allocate(label, bytes);
    Executable made = null;
    try {
      plan.graph()
          .constants()
          .forEach((value, numbers) -> {
            Operand place = operand(value);
            place.memory().write(place.offset(), numbers);
          });
      made = backend.compile(plan.name(), plan.calls(slab, this.bindings));
    } finally {
      if (made == null) {
        slab.close();
      }
    }
    executable = made;
    unwritten = new LinkedHashSet<>(plan.inputs());
    unwrittenView = Collections.unmodifiableSet(unwritten);
  }

  /** Plans and binds in one go. */
  public static Program compile(
      String name, Graph graph, Backend backend, Map<Variable, Operand> bindings) {
    return ProgramPlan.of(name, graph, backend).instantiate(bindings);
  }

  /** What it does and how much memory it takes. */
  public ProgramPlan plan() {
    return plan;
  }

  /** The operations in order with shapes, fused groups, FLOPs, bytes and peak memory. */
  public String describe() {
    return plan.describe()
        + "kernel workspace: "
        + ProgramTable.amount(executable.workspaceBytes(), "B")
        + System.lineSeparator();
  }

  /** Device memory in bytes that the kernels hold beside the plan's peak. */
  public long workspaceBytes() {
    return executable.workspaceBytes();
  }

  /** The inputs that must still be written before the program can run. */
  public Set<String> unwritten() {
    return unwrittenView;
  }

  /** Runs once; may return before the device has finished. */
  public void run() {
    run(1);
  }

  /**
   * Runs so many times; may return before the device has finished.
   *
   * @throws IllegalStateException if an input was never written
   */
  public void run(int times) {
    checkOpen();
    if (!unwritten.isEmpty()) {
      throw new IllegalStateException(
          "program "
              + plan.name()
              + ": nothing was written to "
              + String.join(", ", unwritten)
              + "; write every input before the first run");
    }
    executable.run(times);
  }

  /**
   * Writes an input, which keeps its content until it is written again.
   *
   * @param source exactly as many bytes as the input has, in its element type
   * @throws ShapeException if the size is another, or it is a Java array of other elements
   */
  public void write(String input, MemorySegment source) {
    Value value = value(input);
    if (!plan.graph().inputs().contains(value)) {
      throw new IllegalArgumentException(
          "program " + plan.name() + ": " + input + " is computed or constant, not an input");
    }
    checkHost(value, source);
    operand(value).memory().write(operand(value).offset(), source);
    unwritten.remove(input);
  }

  /** Writes an FP32 input. */
  public void write(String input, float[] source) {
    checkDType(input, DType.FP32);
    write(input, MemorySegment.ofArray(source));
  }

  /** Writes an FP64 input. */
  public void write(String input, double[] source) {
    checkDType(input, DType.FP64);
    write(input, MemorySegment.ofArray(source));
  }

  /** Writes an INT32 input. */
  public void write(String input, int[] source) {
    checkDType(input, DType.INT32);
    write(input, MemorySegment.ofArray(source));
  }

  /** Reads a kept value into host memory of exactly its size. */
  public void read(String name, MemorySegment target) {
    Value value = value(name);
    if (value.placement() == null && !value.isInput() && !plan.graph().kept().contains(value)) {
      throw new IllegalArgumentException(
          "program "
              + plan.name()
              + ": "
              + name
              + " is not there after a run; keep it when the program is made");
    }
    checkHost(value, target);
    operand(value).memory().read(operand(value).offset(), target);
  }

  /** Reads a kept value of FP32, or of BF16, widened. */
  public float[] readFloats(String name) {
    if (value(name).type().dtype() == DType.BF16) {
      short[] halves = new short[Math.toIntExact(value(name).type().size())];
      read(name, MemorySegment.ofArray(halves));
      return BFloat16.toFloats(halves);
    }
    checkDType(name, DType.FP32);
    float[] result = new float[Math.toIntExact(value(name).type().size())];
    read(name, MemorySegment.ofArray(result));
    return result;
  }

  /** Reads a kept FP64 value. */
  public double[] readDoubles(String name) {
    checkDType(name, DType.FP64);
    double[] result = new double[Math.toIntExact(value(name).type().size())];
    read(name, MemorySegment.ofArray(result));
    return result;
  }

  /** Reads a kept INT32 value. */
  public int[] readInts(String name) {
    checkDType(name, DType.INT32);
    int[] result = new int[Math.toIntExact(value(name).type().size())];
    read(name, MemorySegment.ofArray(result));
    return result;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      executable.close();
      slab.close();
    }
  }

  private Value value(String name) {
    checkOpen();
    Value value = plan.graph().find(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "program "
              + plan.name()
              + " has no value named "
              + name
              + "; it has "
              + String.join(", ", plan.graph().names().keySet()));
    }
    return value;
  }

  private Operand operand(Value value) {
    Operand operand = plan.operand(value, slab, bindings);
    if (operand == null) {
      throw new IllegalArgumentException(
          "program " + plan.name() + ": nothing depends on " + value + ", so it was dropped");
    }
    return operand;
  }

  private void checkDType(String name, DType expected) {
    Value value = value(name);
    if (value.type().dtype() != expected) {
      throw new ShapeException(
          "program " + plan.name() + ": " + value + " was accessed as " + expected);
    }
  }

  private void checkHost(Value value, MemorySegment host) {
    value.type().checkHost("program " + plan.name() + ": " + value.name(), host);
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("program " + plan.name() + " is closed");
    }
  }
}
