package dev.lamina.suite;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Operand;
import dev.lamina.oracle.Expected;
import dev.lamina.oracle.Oracle;
import dev.lamina.oracle.Result;
import dev.lamina.oracle.Value;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Runs one case on a backend in several ways and says what went wrong. */
final class CaseRunner {
  private final Backend backend;

  CaseRunner(Backend backend) {
    this.backend = backend;
  }

  /** Everything that is wrong with the case on this backend; empty if it is right. */
  List<String> failures(OpCase opCase) {
    List<Value> inputs = opCase.inputs();
    Result expected = Oracle.run(opCase.op(), inputs);
    List<String> failures = new ArrayList<>();
    attempt(opCase, inputs, expected, Placement.ALIGNED, false, failures);
    // Which other placements a case is tried in changes from case to case, to save time.
    Placement other = Placement.values()[1 + Math.floorMod(opCase.toString().hashCode(), 2)];
    attempt(opCase, inputs, expected, other, false, failures);
    int inPlace = opCase.op().inPlace();
    if (inPlace >= 0 && opCase.types().get(inPlace).equals(opCase.outputs().getFirst())) {
      attempt(opCase, inputs, expected, Placement.ALIGNED, true, failures);
    }
    return failures;
  }

  /** Just runs a case, whatever comes out. */
  void execute(OpCase opCase) {
    List<Value> inputs = opCase.inputs();
    run(opCase, inputs, Oracle.run(opCase.op(), inputs), Placement.ALIGNED, false);
  }

  private void attempt(
      OpCase opCase,
      List<Value> inputs,
      Result expected,
      Placement placement,
      boolean inPlace,
      List<String> failures) {
    String failure;
    try {
      failure = run(opCase, inputs, expected, placement, inPlace);
    } catch (RuntimeException | LinkageError | AssertionError e) {
      failure = "threw " + e + " at " + Arrays.stream(e.getStackTrace()).limit(4).toList();
    }
    if (failure != null) {
      failures.add(opCase + " " + placement + (inPlace ? " in place" : "") + ": " + failure);
    }
  }

  private String run(
      OpCase opCase, List<Value> inputs, Result expected, Placement placement, boolean inPlace) {
    int count = inputs.size();
    List<TensorType> types = new ArrayList<>(opCase.types());
    List<TensorType> outputTypes = opCase.outputs();
    types.addAll(inPlace ? outputTypes.subList(1, outputTypes.size()) : outputTypes);
    try (Stage stage = new Stage(backend, placement, types)) {
      List<Operand> operands = new ArrayList<>();
      Map<Integer, Expected> writable = new TreeMap<>(expected.updates());
      for (int i = 0; i < count; i++) {
        stage.put(i, inputs.get(i));
        operands.add(stage.operand(i));
      }
      List<Operand> outputs = new ArrayList<>();
      for (int i = 0; i < outputTypes.size(); i++) {
        int operand = inPlace ? (i == 0 ? opCase.op().inPlace() : count + i - 1) : count + i;
        if (operand >= count) {
          stage.spoil(operand);
        }
        writable.put(operand, expected.outputs().get(i));
        outputs.add(stage.operand(operand));
      }
      Call call = new Call("case", opCase.op(), operands, outputs);
      try (Executable executable = backend.compile("case", List.of(call))) {
        List<byte[]> first = execute(stage, executable);
        List<byte[]> second = execute(stage, executable);
        return verdict(stage, writable, first, second);
      }
    }
  }

  private List<byte[]> execute(Stage stage, Executable executable) {
    stage.write();
    executable.run();
    backend.synchronize();
    return stage.read();
  }

  private static String verdict(
      Stage stage, Map<Integer, Expected> writable, List<byte[]> first, List<byte[]> second) {
    for (Map.Entry<Integer, Expected> entry : writable.entrySet()) {
      String mismatch = Comparison.mismatch(entry.getValue(), stage.value(entry.getKey(), first));
      if (mismatch != null) {
        return "operand " + entry.getKey() + " " + entry.getValue().type() + " " + mismatch;
      }
    }
    for (int operand : writable.keySet()) {
      double[] once = stage.value(operand, first).data();
      double[] again = stage.value(operand, second).data();
      // Every NaN counts as the same: which of its bits are set is not specified in Java.
      int at = Arrays.mismatch(once, again);
      if (at >= 0) {
        return "operand " + operand + ": a second run gave other bits at element " + at;
      }
    }
    return stage.overrun(first, List.copyOf(writable.keySet()));
  }
}
