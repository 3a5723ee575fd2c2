package dev.lamina.suite;

import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Operand;
import dev.lamina.oracle.Oracle;
import dev.lamina.oracle.Result;
import dev.lamina.oracle.Value;
import java.util.List;

/** Calls run one after the other through the oracle; threads take turns, one run each. */
class OracleExecutable implements Executable {
  private final List<Call> calls;

  OracleExecutable(List<Call> calls) {
    this.calls = calls;
  }

  @Override
  public void run(int times) {
    for (int i = 0; i < times; i++) {
      synchronized (OracleMemory.TURN) {
        calls.forEach(this::execute);
      }
    }
  }

  void execute(Call call) {
    List<Value> inputs = call.inputs().stream().map(OracleExecutable::load).toList();
    Result result = Oracle.run(call.op(), inputs);
    for (int i = 0; i < call.outputs().size(); i++) {
      store(call.outputs().get(i), result.outputs().get(i).value());
    }
    result.updates().forEach((i, value) -> store(call.inputs().get(i), value.value()));
  }

  static Value load(Operand operand) {
    return Elements.decode(operand.type(), bytes(operand), operand.offset());
  }

  static void store(Operand operand, Value value) {
    Elements.encode(value, bytes(operand), operand.offset());
  }

  static byte[] bytes(Operand operand) {
    return ((OracleMemory) operand.memory()).bytes();
  }

  @Override
  public long workspaceBytes() {
    return 0;
  }

  @Override
  public void close() {}
}
