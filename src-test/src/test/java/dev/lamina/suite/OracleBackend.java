package dev.lamina.suite;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Call;
import dev.lamina.backend.Device;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.op.Op;
import java.util.List;

/** A backend that computes with the oracle on heap memory: the suite's own reference. */
class OracleBackend implements Backend {
  @Override
  public Device device() {
    return new Device("oracle", "scalar reference in double", Long.MAX_VALUE, List.of());
  }

  @Override
  public Memory allocate(String label, long bytes) {
    return new OracleMemory(label, new byte[Math.toIntExact(bytes)]);
  }

  @Override
  public boolean fuses(Op op) {
    return false;
  }

  @Override
  public Executable compile(String label, List<Call> calls) {
    return new OracleExecutable(List.copyOf(calls));
  }

  @Override
  public void synchronize() {}

  @Override
  public void close() {}
}
