package dev.lamina.cpu;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Call;
import dev.lamina.backend.Device;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.op.Gemm;
import dev.lamina.op.GemmActivateGradientBias;
import dev.lamina.op.Op;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The CPU as a device: its memory is the machine's, its work is done when a call returns.
 *
 * <p>Threads take turns: a run, a copy, a compilation and a release of memory each hold the lock,
 * which is given in the order of asking, so that one thread's many runs do not keep others out.
 */
final class CpuBackend implements Backend {
  private final ReentrantLock turn = new ReentrantLock(true);
  private final WorkerPool pool;
  private final Implementations implementations;
  private final Device device;
  private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * Opens the CPU.
   *
   * @param threads how many threads compute
   * @param gemm how matrices are multiplied
   * @param kernels how everything else is done
   */
  CpuBackend(int threads, Choice gemm, Choice kernels) {
    pool = new WorkerPool(threads);
    try {
      implementations = new Implementations(pool, gemm, kernels);
    } catch (RuntimeException | Error e) {
      pool.close();
      throw e;
    }
    device =
        new Device(
            "cpu",
            Machine.cpuName() + ", " + threads + (threads == 1 ? " thread" : " threads"),
            Machine.memoryBytes(),
            implementations.notes());
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public long freeBytes() {
    long available = Machine.availableBytes();
    return available > 0 ? available : Long.MAX_VALUE;
  }

  @Override
  public Memory allocate(String label, long bytes) {
    checkOpen();
    CpuMemory[] made = new CpuMemory[1];
    made[0] = new CpuMemory(label, bytes, turn, () -> open.remove(made[0]));
    open.add(made[0]);
    return made[0];
  }

  /** Every fused operation saves at least a pass over memory. */
  @Override
  public boolean fuses(Op op) {
    return true;
  }

  @Override
  public Executable compile(String label, List<Call> calls) {
    turn.lock();
    try {
      return bound(label, calls);
    } finally {
      turn.unlock();
    }
  }

  private Executable bound(String label, List<Call> calls) {
    checkOpen();
    Workspace workspace = new Workspace(Arena.ofShared());
    List<Task> tasks = new ArrayList<>();
    Set<CpuMemory> memories = Collections.newSetFromMap(new IdentityHashMap<>());
    try {
      for (Call call : calls) {
        tasks.addAll(
            bind(
                call.op(),
                buffers(call, call.inputs(), memories),
                buffers(call, call.outputs(), memories),
                workspace));
      }
    } catch (OutOfMemoryError e) {
      workspace.arena().close();
      throw CpuMemory.outOfMemory("workspace of " + label, workspace.bytes(), e);
    } catch (RuntimeException | Error e) {
      workspace.arena().close();
      throw e;
    }
    CpuExecutable[] made = new CpuExecutable[1];
    made[0] =
        new CpuExecutable(
            label, pool, turn, tasks, memories, workspace, () -> open.remove(made[0]));
    open.add(made[0]);
    return made[0];
  }

  private List<Task> bind(Op op, List<Buffer> inputs, List<Buffer> outputs, Workspace workspace) {
    return switch (op) {
      case Gemm gemm -> implementations.gemm().bind(gemm, inputs, outputs, workspace);
      case GemmActivateGradientBias fused ->
          implementations.gemm().bind(fused, inputs, outputs, workspace);
      default -> implementations.kernels().bind(op, inputs, outputs, workspace);
    };
  }

  private List<Buffer> buffers(Call call, List<Operand> operands, Set<CpuMemory> memories) {
    List<Buffer> buffers = new ArrayList<>(operands.size());
    for (Operand operand : operands) {
      if (!(operand.memory() instanceof CpuMemory memory) || !open.contains(memory)) {
        throw new IllegalArgumentException(
            call.name()
                + " ("
                + call.op().label()
                + "): memory '"
                + operand.memory().label()
                + "' is closed or was not allocated by this backend");
      }
      memories.add(memory);
      buffers.add(
          new Buffer(
              memory.segment().asSlice(operand.offset(), operand.type().bytes()), operand.type()));
    }
    return buffers;
  }

  @Override
  public void synchronize() {
    checkOpen();
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the CPU backend is closed");
    }
  }

  @Override
  public void close() {
    turn.lock();
    try {
      closeAll();
    } finally {
      turn.unlock();
    }
  }

  private void closeAll() {
    if (closed) {
      return;
    }
    closed = true;
    pool.close();
    // Executables first: what they hold of the libraries must be freed before those.
    for (Class<?> kind : List.of(CpuExecutable.class, CpuMemory.class)) {
      for (AutoCloseable resource : List.copyOf(open)) {
        if (resource instanceof CpuExecutable executable && kind == CpuExecutable.class) {
          executable.close();
        } else if (resource instanceof CpuMemory memory && kind == CpuMemory.class) {
          memory.close();
        }
      }
    }
    implementations.close();
  }
}
