package dev.lamina.cuda;

import dev.lamina.LaminaException;
import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Calls bound to a GPU. The first run puts them on the streams one by one, so that everything has
 * been loaded; from the second on they are replayed as a CUDA graph.
 */
final class CudaExecutable implements Executable {
  /** How many runs one graph holds if many are asked for at once. */
  static final int REPEATS = 8;

  private final CudaBackend backend;
  private final String label;
  private final Set<CudaMemory> memories;
  private final CudaMemory scratch;
  private final List<Call> calls;
  private final LanePlanner planner;
  private final List<List<Work>> works;
  private final CallQueue queue;
  private CapturedGraph once;
  private CapturedGraph repeated;
  private boolean warm;
  private boolean closed;

  private CudaExecutable(
      CudaBackend backend,
      String label,
      Set<CudaMemory> memories,
      CudaMemory scratch,
      List<Call> calls,
      LanePlanner planner,
      List<List<Work>> works) {
    this.backend = backend;
    this.label = label;
    this.memories = memories;
    this.scratch = scratch;
    this.calls = calls;
    this.planner = planner;
    this.works = works;
    queue = new CallQueue(backend, calls, works, planner.plan(1));
  }

  static CudaExecutable compile(CudaBackend backend, String label, List<Call> calls) {
    Set<CudaMemory> memories = new LinkedHashSet<>();
    List<Lowering> lowerings = new ArrayList<>();
    long bytes = 0;
    for (Call call : calls) {
      Lowering lowering =
          Lowering.of(call, o -> address(backend, memories, call, o), backend.kernels().compiles());
      lowerings.add(lowering);
      if (!lowering.contents().isEmpty()) {
        backend.kernels().tellInterpreted(describe(call));
      }
      bytes += lowering.scratchBytes();
    }
    Masks masks = Masks.of(backend.products(), calls, lowerings);
    CudaMemory scratch = null;
    if (masks.bytes() > 0) {
      try {
        scratch = scratch(backend, label, bytes + masks.bytes());
      } catch (CudaException e) {
        throw e;
      } catch (LaminaException e) {
        masks = Masks.NONE; // there is no memory for what is but faster
      }
    }
    if (scratch == null && bytes > 0) {
      scratch = scratch(backend, label, bytes);
    }
    CudaOptions options = backend.options();
    LanePlanner planner =
        new LanePlanner(
            CostModel.H200,
            options.precision(),
            options.lanes(),
            backend.gpu().multiprocessors(),
            calls,
            lowerings,
            CudaExecutable::address);
    List<List<Work>> works = new ArrayList<>();
    try {
      long start = scratch == null ? 0 : scratch.address();
      long masksStart = start + bytes;
      for (int i = 0; i < calls.size(); i++) {
        Masks.Product masked = masks.products().get(i);
        Lowering lowering = planner.lowerings().get(i);
        for (Lowering.Cleared part : lowering.cleared()) {
          scratch.clear(start + part.offset() - scratch.address(), part.bytes());
        }
        for (Lowering.Content part : lowering.contents()) {
          scratch.write(
              start + part.offset() - scratch.address(), MemorySegment.ofArray(part.bytes()));
        }
        works.add(bind(backend, calls.get(i), lowering.steps(), start, masked, masksStart));
        start += lowering.scratchBytes();
      }
      backend.products().save();
      return new CudaExecutable(backend, label, memories, scratch, calls, planner, works);
    } catch (RuntimeException e) {
      works.forEach(work -> work.forEach(Work::close));
      if (scratch != null) {
        scratch.close();
      }
      throw e;
    }
  }

  private static CudaMemory scratch(CudaBackend backend, String label, long bytes) {
    return (CudaMemory) backend.allocate("scratch memory of " + label, bytes);
  }

  private static long address(
      CudaBackend backend, Set<CudaMemory> memories, Call call, Operand operand) {
    Memory memory = operand.memory();
    if (!(memory instanceof CudaMemory own) || own.backend() != backend) {
      throw new IllegalArgumentException(
          describe(call)
              + ": the memory of "
              + memory.label()
              + " is not on "
              + backend.gpu().id()
              + "; copy it there first");
    }
    memories.add(own);
    return address(operand);
  }

  private static long address(Operand operand) {
    return ((CudaMemory) operand.memory()).address() + operand.offset();
  }

  private static List<Work> bind(
      CudaBackend backend,
      Call call,
      List<Step> steps,
      long scratch,
      Masks.Product masked,
      long masks) {
    String description = describe(call);
    List<Work> works = new ArrayList<>();
    try {
      for (Step step : steps) {
        switch (step) {
          case Step.Launch launch ->
              works.add(new KernelWork(backend.kernels(), launch, scratch, description));
          case Step.Product product -> works.add(backend.products().bind(product, description));
          case Step.FusedProduct fused when masked != null ->
              works.addAll(
                  backend
                      .products()
                      .works(
                          masked.way().withMask(masks + masked.offset()),
                          masked.algorithm(),
                          scratch,
                          description));
          case Step.FusedProduct fused ->
              works.addAll(backend.products().bind(fused, scratch, description));
        }
      }
    } catch (RuntimeException e) {
      works.forEach(Work::close);
      throw e;
    }
    return works;
  }

  /** A call as messages name it. */
  static String describe(Call call) {
    return call.name()
        + ": "
        + call.op().label()
        + " of "
        + call.inputs().stream().map(Operand::type).toList()
        + " to "
        + call.outputs().stream().map(Operand::type).toList();
  }

  @Override
  public void run(int times) {
    if (times < 0) {
      throw new IllegalArgumentException(label + ": " + times + " runs");
    }
    backend.alone(() -> start(times));
  }

  private void start(int times) {
    if (closed) {
      throw new IllegalStateException(label + " was run after it was closed");
    }
    memories.forEach(CudaMemory::checkOpen);
    backend.enter();
    boolean graphs = backend.options().graphs() && works.stream().mapToInt(List::size).sum() > 1;
    int left = times;
    while (left > 0) {
      if (!warm || !graphs) {
        queue.enqueue();
        warm = true;
        left--;
      } else if (left >= REPEATS) {
        repeated = repeated == null ? captureRepeated() : repeated;
        repeated.launch();
        left -= REPEATS;
      } else {
        once = once == null ? capture(queue) : once;
        once.launch();
        left--;
      }
    }
  }

  private CapturedGraph captureRepeated() {
    try (CallQueue several = new CallQueue(backend, calls, works, planner.plan(REPEATS))) {
      return capture(several);
    }
  }

  private CapturedGraph capture(CallQueue calls) {
    return CapturedGraph.capture(backend.lane(0), label, calls::enqueue, 1);
  }

  @Override
  public long workspaceBytes() {
    return scratch == null ? 0 : scratch.byteSize();
  }

  @Override
  public void close() {
    backend.alone(this::free);
  }

  private void free() {
    if (closed) {
      return;
    }
    closed = true;
    backend.forget(this);
    int status = backend.finish();
    for (CapturedGraph graph : new CapturedGraph[] {once, repeated}) {
      if (graph != null) {
        graph.close();
      }
    }
    queue.close();
    works.forEach(work -> work.forEach(Work::close));
    if (scratch != null) {
      scratch.close();
    }
    CudaException.check(status, "waiting for " + label + " before closing it");
  }
}
