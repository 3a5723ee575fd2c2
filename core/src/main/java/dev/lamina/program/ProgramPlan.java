package dev.lamina.program;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Call;
import dev.lamina.backend.KernelMemory;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Placement;
import dev.lamina.graph.Value;
import dev.lamina.graph.Variable;
import dev.lamina.op.Copy;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a program will do and how much memory it will take, known before any is allocated: the fused
 * nodes in order and every value's place.
 */
public final class ProgramPlan {
  private final String name;
  private final Graph graph;
  private final Backend backend;
  private final List<Node> nodes;
  private final MemoryPlan memory;

  private ProgramPlan(String name, Graph graph, Backend backend) {
    this.name = name;
    this.graph = graph;
    this.backend = backend;
    List<Node> all = new ArrayList<>(graph.nodes());
    graph
        .assignments()
        .forEach(a -> all.add(Node.fused("", new Copy(), List.of(a.value()), List.of(a.target()))));
    List<Node> live = Liveness.liveNodes(all, graph.kept());
    // A fusion may leave operands behind that only the swallowed nodes took.
    List<Node> fused = Liveness.liveNodes(Fusion.fuse(live, graph.kept(), backend), graph.kept());
    this.nodes = Hoisting.hoist(fused);
    this.memory = new MemoryPlan(graph, nodes);
  }

  /** Plans the graph as it is now for a backend. */
  public static ProgramPlan of(String name, Graph graph, Backend backend) {
    return new ProgramPlan(name, graph, backend);
  }

  /** The program's name. */
  public String name() {
    return name;
  }

  /** The nodes after fusion, in the order in which they run. */
  public List<Node> nodes() {
    return List.copyOf(nodes);
  }

  /** The names of the inputs that the nodes take, in order of their making. */
  Set<String> inputs() {
    Set<Value> taken = new HashSet<>();
    nodes.forEach(node -> taken.addAll(node.inputs()));
    Set<String> names = new LinkedHashSet<>();
    graph.inputs().stream().filter(taken::contains).forEach(input -> names.add(input.name()));
    return names;
  }

  /** The size of the slab of intermediate values and inputs, in bytes. */
  public long slabBytes() {
    return memory.bytes();
  }

  /** The variables that the nodes use, in order of first use. */
  public Set<Variable> variables() {
    Set<Variable> variables = new LinkedHashSet<>();
    for (Node node : nodes) {
      node.inputs().forEach(v -> addVariable(variables, v));
      node.outputs().forEach(v -> addVariable(variables, v));
    }
    return variables;
  }

  /** The size of all variables that it uses, in bytes. */
  public long variableBytes() {
    return variables().stream().mapToLong(v -> v.type().bytes()).sum();
  }

  /** The memory that it needs at its peak, variables included, in bytes. */
  public long peakBytes() {
    return slabBytes() + variableBytes();
  }

  /** What the kernels will take beside the slab and the variables, as the backend tells it. */
  public KernelMemory kernelMemory() {
    Map<Variable, Operand> places = new HashMap<>();
    for (Variable variable : variables()) {
      Memory memory = new PlannedMemory(variable.name(), variable.type().bytes());
      places.put(variable, new Operand(memory, 0, variable.type()));
    }
    return backend.kernelMemory(calls(new PlannedMemory("slab", slabBytes()), places));
  }

  /** The floating-point operations of one run. */
  public long flops() {
    return nodes.stream().mapToLong(ProgramPlan::flops).sum();
  }

  /** The bytes that one run reads and writes if every operand is touched once. */
  public long bytesMoved() {
    return nodes.stream().mapToLong(ProgramPlan::bytes).sum();
  }

  /** The operations in order with shapes, FLOPs, bytes and offsets, and the totals. */
  public String describe() {
    return new ProgramTable(this).toString();
  }

  /**
   * Allocates the slab and binds everything.
   *
   * @param bindings where each variable lies; the types must agree
   */
  public Program instantiate(Map<Variable, Operand> bindings) {
    return new Program(this, bindings);
  }

  Backend backend() {
    return backend;
  }

  Graph graph() {
    return graph;
  }

  long offset(Value value) {
    return memory.offset(value);
  }

  /** Where a value lies, null if the plan dropped it. */
  Operand operand(Value value, Memory slab, Map<Variable, Operand> bindings) {
    Placement placement = value.placement();
    if (placement != null) {
      Operand whole = bindings.get(placement.variable());
      if (whole == null || !whole.type().equals(placement.variable().type())) {
        throw new IllegalArgumentException(
            "program " + name + ": the variable " + placement.variable() + " is bound to " + whole);
      }
      long bytes = placement.offset() * value.type().dtype().bytes();
      return new Operand(whole.memory(), whole.offset() + bytes, value.type());
    }
    long offset = memory.offset(value);
    return offset < 0 ? null : new Operand(slab, offset, value.type());
  }

  List<Call> calls(Memory slab, Map<Variable, Operand> bindings) {
    List<Call> calls = new ArrayList<>(nodes.size());
    for (Node node : nodes) {
      calls.add(
          new Call(
              node.name(),
              node.op(),
              node.inputs().stream().map(v -> operand(v, slab, bindings)).toList(),
              node.outputs().stream().map(v -> operand(v, slab, bindings)).toList()));
    }
    return calls;
  }

  static long flops(Node node) {
    return node.op().flops(types(node.inputs()), types(node.outputs()));
  }

  static long bytes(Node node) {
    long bytes = 0;
    for (TensorType type : types(node.inputs())) {
      bytes += type.bytes();
    }
    for (TensorType type : types(node.outputs())) {
      bytes += type.bytes();
    }
    for (int updated : node.op().updates()) {
      bytes += node.inputs().get(updated).type().bytes();
    }
    return bytes;
  }

  private static List<TensorType> types(List<Value> values) {
    return values.stream().map(Value::type).toList();
  }

  private static void addVariable(Set<Variable> variables, Value value) {
    if (value.placement() != null) {
      variables.add(value.placement().variable());
    }
  }
}
