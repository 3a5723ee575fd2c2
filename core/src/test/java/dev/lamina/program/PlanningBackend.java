package dev.lamina.program;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Call;
import dev.lamina.backend.Device;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.op.Op;
import java.util.List;
import java.util.function.Predicate;

/** A device to plan for; it computes nothing. */
final class PlanningBackend implements Backend {
  private final Predicate<Op> fuses;

  PlanningBackend(Predicate<Op> fuses) {
    this.fuses = fuses;
  }

  @Override
  public Device device() {
    return new Device("plan", "a device to plan for", 0, List.of());
  }

  @Override
  public boolean fuses(Op op) {
    return fuses.test(op);
  }

  @Override
  public Memory allocate(String label, long bytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Executable compile(String label, List<Call> calls) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void synchronize() {}

  @Override
  public void close() {}
}
