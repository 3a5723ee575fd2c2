package dev.lamina.cpu;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Call;
import dev.lamina.backend.Device;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.backend.Precision;
import dev.lamina.host.SystemMemory;
import dev.lamina.op.GatherBatch;
import dev.lamina.op.Gemm;
import dev.lamina.op.GemmActivateGradient;
import dev.lamina.op.GemmBiasGradient;
import dev.lamina.op.Op;
import java.lang.foreign.MemorySegment;
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
  private final SharedWorkspace shared = new SharedWorkspace();
  private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * Opens the CPU.
   *
   * @param threads how many threads compute
   * @param gemm how matrices are multiplied
   * @param kernels how everything else is done
   * @param asked in which precision the user wanted to train
   */
  CpuBackend(int threads, Choice gemm, Choice kernels, Precision asked) {
    pool = new WorkerPool(threads);
    try {
      implementations = new Implementations(pool, gemm, kernels);
    } catch (RuntimeException | Error e) {
      pool.close();
      throw e;
    }
    List<String> notes = new ArrayList<>(implementations.notes());
    if (asked != Precision.FP32) {
      notes.add("precision " + asked + " is for GPUs; the CPU computes in FP32");
    }
    device =
        new Device(
            "cpu",
            Machine.cpuName() + ", " + threads + (threads == 1 ? " thread" : " threads"),
            SystemMemory.totalBytes(),
            notes);
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public long freeBytes() {
    return SystemMemory.room().bytes();
  }

  @Override
  public boolean sharesHostMemory() {
    return true;
  }

  @Override
  public Memory allocate(String label, long bytes) {
    checkOpen();
    CpuMemory[] made = new CpuMemory[1];
    made[0] = new CpuMemory(label, bytes, turn, () -> open.remove(made[0]));
    open.add(made[0]);
    return made[0];
  }

  /**
   * A fused operation is better where it saves a pass over memory; the others are done here part by
   * part.
   */
  @Override
  public boolean fuses(Op op) {
    return !(op instanceof GatherBatch) && !(op instanceof GemmBiasGradient);
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
    OwnWorkspace workspace = new OwnWorkspace();
    List<Task> tasks = new ArrayList<>();
    Set<CpuMemory> memories = Collections.newSetFromMap(new IdentityHashMap<>());
    try {
      for (Call call : calls) {
        call.inputs().forEach(operand -> memories.add(own(call, operand)));
        call.outputs().forEach(operand -> memories.add(own(call, operand)));
        tasks.addAll(bind(call, workspace));
      }
    } catch (OutOfMemoryError e) {
      workspace.close();
      throw CpuMemory.outOfMemory("workspace of " + label, workspace.bytes(), e);
    } catch (RuntimeException | Error e) {
      workspace.close();
      throw e;
    }
    CpuExecutable[] made = new CpuExecutable[1];
    made[0] =
        new CpuExecutable(
            label, pool, turn, tasks, memories, workspace, () -> open.remove(made[0]));
    open.add(made[0]);
    return made[0];
  }

  /** Binding is cheap, so that a call on small tensors takes little more than its work. */
  @Override
  public void execute(Call call) {
    turn.lock();
    try {
      checkOpen();
      for (Task task : bind(call, shared)) {
        pool.run(task);
      }
    } catch (OutOfMemoryError e) {
      throw CpuMemory.outOfMemory("workspace of " + call.op().label(), shared.bytes(), e);
    } finally {
      shared.reset();
      turn.unlock();
    }
  }

  private List<Task> bind(Call call, Workspace workspace) {
    return bind(call.op(), buffers(call, call.inputs()), buffers(call, call.outputs()), workspace);
  }

  private List<Task> bind(Op op, List<Buffer> inputs, List<Buffer> outputs, Workspace workspace) {
    return switch (op) {
      case Gemm gemm -> implementations.gemm().bind(gemm, inputs, outputs, workspace);
      case GemmActivateGradient fused ->
          implementations.gemm().bind(fused, inputs, outputs, workspace);
      case GemmBiasGradient both -> {
        List<Task> tasks = new ArrayList<>();
        tasks.addAll(bind(both.gemm(), inputs, outputs.subList(0, 1), workspace));
        tasks.addAll(bind(both.sum(), inputs.subList(0, 1), outputs.subList(1, 2), workspace));
        yield tasks;
      }
      default -> implementations.kernels().bind(op, inputs, outputs, workspace);
    };
  }

  private List<Buffer> buffers(Call call, List<Operand> operands) {
    List<Buffer> buffers = new ArrayList<>(operands.size());
    for (Operand operand : operands) {
      MemorySegment memory = own(call, operand).segment();
      buffers.add(
          new Buffer(memory.asSlice(operand.offset(), operand.type().bytes()), operand.type()));
    }
    return buffers;
  }

  private CpuMemory own(Call call, Operand operand) {
    if (operand.memory() instanceof CpuMemory memory && memory.isOpenFor(turn)) {
      return memory;
    }
    throw new IllegalArgumentException(
        call.name()
            + " ("
            + call.op().label()
            + "): memory '"
            + operand.memory().label()
            + "' is closed or was not allocated by this backend");
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
    shared.close();
  }
}
