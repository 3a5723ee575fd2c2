package dev.lamina.cuda;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.backend.Call;
import dev.lamina.backend.Device;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.backend.Precision;
import dev.lamina.op.Activation;
import dev.lamina.op.Op;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A GPU that is planned for and not there: it plans programs as the CUDA backend does, down to the
 * nodes of the CUDA graph and their edges, and tells by a {@link CostModel} when each would run.
 * Nothing is allocated and nothing computed: what is written is dropped, and nothing can be read.
 *
 * <p>One thread at a time may use it.
 */
public final class PlannedGpu implements Backend {
  /** How layers with ReLU are multiplied, which on a real GPU measurements decide. */
  public enum Relu {
    /** The product, then kernels for bias and ReLU, and for the gradients of both. */
    KERNEL,
    /** ReLU and bias in the product's epilogue, their gradients by a kernel. */
    EPILOGUE,
    /** Also ReLU's gradient in the epilogue of the product above, by a mask. */
    MASK
  }

  private final CostModel costs;
  private final Precision precision;
  private final int lanes;
  private final Relu relu;
  private final Map<String, Planned> planned = new HashMap<>();
  private long allocated = Operand.ALIGNMENT;

  /**
   * A GPU with so many streams.
   *
   * @throws LaminaException if there is no stream
   */
  public PlannedGpu(CostModel costs, Precision precision, int lanes, Relu relu) {
    if (lanes < 1) {
      throw new LaminaException("lanes " + lanes + ": expected at least 1");
    }
    this.costs = costs;
    this.precision = precision;
    this.lanes = lanes;
    this.relu = relu;
  }

  /**
   * When the nodes of a program would run.
   *
   * @param label the name under which it was compiled
   * @param repeats how often in a row in one graph
   * @param shared whether nodes that run at the same time share the device, or each runs as if it
   *     were alone
   * @throws IllegalArgumentException if no program has that name
   */
  public Timeline timeline(String label, int repeats, boolean shared) {
    Planned program = planned.get(label);
    if (program == null) {
      throw new IllegalArgumentException("no program " + label + ", only " + planned.keySet());
    }
    QueuePlan plan = QueuePlan.of(program.lanes, repeats);
    return Simulation.of(costs, CapturedNodes.of(plan, program.nodes), shared);
  }

  @Override
  public Device device() {
    return new Device("plan", costs.name() + " (planned for, not there)", 0, List.of());
  }

  @Override
  public Precision precision() {
    return precision;
  }

  @Override
  public boolean fuses(Op op) {
    return FusedOps.contains(op);
  }

  @Override
  public Memory allocate(String label, long bytes) {
    Place place = new Place(label, bytes, allocated);
    allocated += Operand.aligned(bytes);
    return place;
  }

  @Override
  public Executable compile(String label, List<Call> calls) {
    List<Lowering> lowerings =
        calls.stream().map(call -> Lowering.of(call, PlannedGpu::address)).toList();
    Map<Integer, ProductWay> masked = new HashMap<>();
    if (relu == Relu.MASK) {
      for (MaskPair pair : MaskPair.of(calls)) {
        Step.FusedProduct layer = Masks.fused(lowerings.get(pair.layer()));
        Step.FusedProduct gradient = Masks.fused(lowerings.get(pair.gradient()));
        if (layer != null && gradient != null) {
          masked.put(pair.layer(), layer.masked());
          masked.put(pair.gradient(), gradient.masked());
        }
      }
    }
    List<List<Node>> nodes = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      ProductWay mask = masked.get(i);
      nodes.add(
          NodeList.of(
              costs,
              precision,
              calls.get(i),
              lowerings.get(i),
              PlannedGpu::address,
              fused -> mask == null ? way(fused) : mask));
    }
    Planned program = new Planned(LanePlan.of(Dependencies.of(calls), lanes), nodes);
    planned.put(label, program);
    return program;
  }

  private ProductWay way(Step.FusedProduct fused) {
    return fused.ways().stream()
        .filter(way -> relu != Relu.KERNEL || way.activation() != Activation.RELU)
        .findFirst()
        .orElseThrow();
  }

  private static long address(Operand operand) {
    return ((Place) operand.memory()).address + operand.offset();
  }

  @Override
  public void synchronize() {}

  @Override
  public void close() {}

  /** A place for operands, without memory. */
  private record Place(String label, long byteSize, long address) implements Memory {
    @Override
    public void write(long offset, MemorySegment source) {}

    @Override
    public void read(long offset, MemorySegment target) {
      throw new LaminaException(label + " cannot be read: the GPU is planned for, not there");
    }

    @Override
    public void close() {}
  }

  /** A program that was planned. */
  private record Planned(LanePlan lanes, List<List<Node>> nodes) implements Executable {
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
