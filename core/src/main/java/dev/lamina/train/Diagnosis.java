package dev.lamina.train;

import dev.lamina.LaminaException;
import dev.lamina.backend.Operand;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.graph.Variable;
import dev.lamina.host.HostMemory;
import dev.lamina.program.Program;
import dev.lamina.type.BFloat16;
import dev.lamina.type.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;

/**
 * Finds where a step first had a value that is NaN or infinite. Batches and dropout masks are
 * functions of the step's number, so the bad step can be computed again with every value kept. If
 * its loss was bad the parameters were left alone; if only a gradient was, they have partly been
 * updated since, and what was bad may be found elsewhere or no more.
 */
final class Diagnosis {
  private static final System.Logger LOG = System.getLogger(Diagnosis.class.getName());

  private Diagnosis() {}

  /**
   * A value that is not finite.
   *
   * @param name its name
   * @param element its type, where in it the first such element is, and that element
   */
  record Finding(String name, String element) {}

  /**
   * Computes the step again that the clock stands before, without the update, and names the first
   * bad value, in order of computation; null if there is none, or too little memory to keep every
   * value.
   */
  static Finding of(
      StepOptions options,
      StepVariables variables,
      Map<Variable, Operand> bindings,
      BatchSupply supply,
      Program step,
      long number) {
    try {
      return look(options, variables, bindings, supply, step, number);
    } catch (LaminaException e) {
      LOG.log(System.Logger.Level.DEBUG, "the bad step could not be computed again", e);
      return null;
    }
  }

  private static Finding look(
      StepOptions options,
      StepVariables variables,
      Map<Variable, Operand> bindings,
      BatchSupply supply,
      Program step,
      long number) {
    Graph look = StepGraph.ofLook(options.plain(), variables);
    look.names().values().stream().filter(v -> v.placement() == null).forEach(look::keep);
    try (Program program = Program.compile("diagnosis", look, options.model().backend(), bindings);
        Arena arena = Arena.ofConfined()) {
      for (Value input : look.inputs()) {
        MemorySegment host = HostMemory.allocate(arena, input.type().bytes(), input.name());
        step.read(input.name(), host);
        program.write(input.name(), host);
      }
      supply.run(program, number - 1, 1);
      for (Map.Entry<String, Value> entry : look.names().entrySet()) {
        String found = firstBad(program, entry.getKey(), entry.getValue());
        if (found != null) {
          return new Finding(entry.getKey(), found);
        }
      }
    }
    return null;
  }

  private static String firstBad(Program program, String name, Value value) {
    if (!value.type().dtype().isFloating()) {
      return null;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = HostMemory.allocate(arena, value.type().bytes(), name);
      program.read(name, host);
      long columns = value.type().shape().columns();
      for (long i = 0; i < value.type().size(); i++) {
        double element = element(value.type().dtype(), host, i);
        if (!Double.isFinite(element)) {
          return value.type() + " row " + i / columns + " column " + i % columns + ": " + element;
        }
      }
    }
    return null;
  }

  private static double element(DType dtype, MemorySegment host, long i) {
    return switch (dtype) {
      case FP32 -> host.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      case FP64 -> host.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
      case BF16 -> BFloat16.toFloat(host.getAtIndex(ValueLayout.JAVA_SHORT, i));
      case INT32, UINT8 -> throw new IllegalArgumentException(dtype.toString());
    };
  }
}
