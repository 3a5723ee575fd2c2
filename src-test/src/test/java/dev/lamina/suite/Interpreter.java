package dev.lamina.suite;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Operand;
import dev.lamina.op.Emitter;
import dev.lamina.op.Op;
import dev.lamina.op.Sym;
import dev.lamina.oracle.Value;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Executes each operation that is emitted at once on a backend. */
final class Interpreter implements Emitter {
  private final Backend backend;

  /** A tensor with its value. */
  private record Known(Value value) implements Sym {
    @Override
    public TensorType type() {
      return value.type();
    }
  }

  Interpreter(Backend backend) {
    this.backend = backend;
  }

  Sym put(Value value) {
    return new Known(value);
  }

  Value get(Sym sym) {
    return sym == null ? null : ((Known) sym).value();
  }

  @Override
  public Sym emit(Op op, Sym... inputs) {
    return execute(op, List.of(inputs)).getFirst();
  }

  /** Executes an operation and returns all its outputs. */
  List<Sym> execute(Op op, List<Sym> inputs) {
    List<TensorType> outputTypes = op.infer(inputs.stream().map(Sym::type).toList());
    List<TensorType> types = new ArrayList<>();
    inputs.forEach(sym -> types.add(sym.type()));
    types.addAll(outputTypes);
    try (Stage stage = new Stage(backend, Placement.ALIGNED, types)) {
      List<Operand> operands = new ArrayList<>();
      for (int i = 0; i < types.size(); i++) {
        operands.add(stage.operand(i));
        if (i < inputs.size()) {
          stage.put(i, get(inputs.get(i)));
        } else {
          stage.spoil(i);
        }
      }
      int count = inputs.size();
      Call call =
          new Call(
              "interpreted",
              op,
              operands.subList(0, count),
              operands.subList(count, operands.size()));
      try (Executable executable = backend.compile("interpreted", List.of(call))) {
        stage.write();
        executable.run();
        backend.synchronize();
        List<byte[]> content = stage.read();
        List<Sym> outputs = new ArrayList<>();
        for (int i = count; i < types.size(); i++) {
          outputs.add(put(stage.value(i, content)));
        }
        return outputs;
      }
    }
  }
}
