package dev.lamina.train;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Call;
import dev.lamina.backend.Device;
import dev.lamina.backend.Executable;
import dev.lamina.backend.KernelMemory;
import dev.lamina.backend.Memory;
import dev.lamina.op.Op;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A device with so much memory, which keeps what is written and computes nothing. */
final class RoomyBackend implements Backend {
  private final long capacity;
  private final KernelMemory kernels;
  private long taken;

  RoomyBackend(long capacity) {
    this(capacity, KernelMemory.NONE);
  }

  /** A device on which the kernels of every program say that they take so much. */
  RoomyBackend(long capacity, KernelMemory kernels) {
    this.capacity = capacity;
    this.kernels = kernels;
  }

  long taken() {
    return taken;
  }

  @Override
  public Device device() {
    return new Device("room", "a device with room", capacity, List.of());
  }

  @Override
  public long freeBytes() {
    return capacity - taken;
  }

  @Override
  public Memory allocate(String label, long bytes) {
    if (bytes > freeBytes()) {
      throw new AssertionError(label + " was allocated although there is no room for it");
    }
    taken += bytes;
    return new Room(label, bytes);
  }

  @Override
  public boolean fuses(Op op) {
    return true;
  }

  @Override
  public KernelMemory kernelMemory(List<Call> calls) {
    return kernels;
  }

  @Override
  public Executable compile(String label, List<Call> calls) {
    return new Nothing();
  }

  @Override
  public void synchronize() {}

  @Override
  public void close() {}

  private final class Room implements Memory {
    private final String label;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;

    Room(String label, long bytes) {
      this.label = label;
      segment = arena.allocate(bytes, 64);
    }

    @Override
    public String label() {
      return label;
    }

    @Override
    public long byteSize() {
      return segment.byteSize();
    }

    @Override
    public void write(long offset, MemorySegment source) {
      segment.asSlice(offset, source.byteSize()).copyFrom(source);
    }

    @Override
    public void read(long offset, MemorySegment target) {
      target.copyFrom(segment.asSlice(offset, target.byteSize()));
    }

    @Override
    public void close() {
      if (arena.scope().isAlive()) {
        taken -= segment.byteSize();
        arena.close();
      }
    }
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
