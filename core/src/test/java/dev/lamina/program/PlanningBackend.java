package dev.lamina.program;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Call;
import dev.lamina.backend.Device;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.op.Op;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Predicate;

/** A device to plan for: it takes no memory and computes nothing. */
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
    return new Place(label, bytes);
  }

  @Override
  public Executable compile(String label, List<Call> calls) {
    return new Nothing();
  }

  @Override
  public void synchronize() {}

  @Override
  public void close() {}

  private record Place(String label, long byteSize) implements Memory {
    @Override
    public void write(long offset, MemorySegment source) {}

    @Override
    public void read(long offset, MemorySegment target) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  private record Nothing() implements Executable {
    @Override
    public void run(int times) {}

    @Override
    public long workspaceBytes() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
