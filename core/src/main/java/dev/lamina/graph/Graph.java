package dev.lamina.graph;

import dev.lamina.op.Emitter;
import dev.lamina.op.Fill;
import dev.lamina.op.Op;
import dev.lamina.op.Sym;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.ShapeException;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A computation under construction: nodes in the order in which they run. Operations that update a
 * variable do so at their place in that order. One thread at a time may use a graph.
 */
public final class Graph implements Emitter {
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Value> named = new LinkedHashMap<>();
  private final Set<Value> inputs = new LinkedHashSet<>();
  private final Map<Value, MemorySegment> constants = new LinkedHashMap<>();
  private final Map<Value, Value> assignments = new LinkedHashMap<>();
  private final Set<Value> kept = new LinkedHashSet<>();
  private final Set<String> gradientLabels = new HashSet<>();
  private int values;
  private String scope = "";

  /** An empty graph. */
  public Graph() {}

  /** A value that the host writes before a run. */
  public Value input(String name, TensorType type) {
    Value value = new Value(this, values++, type, null, true, null);
    inputs.add(value);
    return name(value, name);
  }

  /** The whole of a variable. */
  public Value read(Variable variable) {
    return view(null, variable, 0, variable.type());
  }

  /**
   * A part of a variable.
   *
   * @param name its name, or null
   * @param offset in elements
   * @throws IllegalArgumentException if it does not lie within the variable
   */
  public Value view(String name, Variable variable, long offset, TensorType type) {
    checkWithin(variable, offset, type);
    Value value = new Value(this, values++, type, null, false, new Placement(variable, offset));
    return name == null ? value : name(value, name);
  }

  /**
   * Adds an operation and returns its outputs.
   *
   * @throws IllegalArgumentException if an operand is no value of this graph
   * @throws dev.lamina.type.ShapeException if the operands do not fit the operation
   */
  public List<Value> apply(Op op, Sym... operands) {
    List<Value> taken = new ArrayList<>(operands.length);
    List<TensorType> types = new ArrayList<>(operands.length);
    for (int i = 0; i < operands.length; i++) {
      taken.add(own(op.label() + ", operand " + (i + 1), operands[i]));
      types.add(operands[i].type());
    }
    Node node = new Node(scope, op, taken);
    List<Value> made = new ArrayList<>();
    for (TensorType type : op.infer(types)) {
      made.add(new Value(this, values++, type, node, false, null));
    }
    node.outputs(made);
    nodes.add(node);
    return node.outputs();
  }

  /** Adds an operation and returns its first output, null if it has none. */
  @Override
  public Value emit(Op op, Sym... operands) {
    List<Value> outputs = apply(op, operands);
    return outputs.isEmpty() ? null : outputs.getFirst();
  }

  /** A symbol as a value of this graph, of which alone it can make use. */
  Value own(String what, Sym symbol) {
    if (symbol instanceof Value value && value.graph() == this) {
      return value;
    }
    throw new IllegalArgumentException(
        (scope.isEmpty() ? "" : scope + " ")
            + what
            + ": expected a value of this graph, got "
            + (symbol == null
                ? "null"
                : symbol
                    + " of another one; a graph computes only with what was added to it, so build"
                    + " all of a computation in one"));
  }

  /** Runs a part of the construction under a name: {@code scope("0", ...)} within {@code 1}. */
  public <T> T scope(String part, Supplier<T> construction) {
    String outer = scope;
    scope = outer.isEmpty() ? part : outer + "." + part;
    try {
      return construction.get();
    } finally {
      scope = outer;
    }
  }

  /** Runs a part of the construction under a name of its own, whatever the present one is. */
  <T> T absoluteScope(String whole, Supplier<T> construction) {
    String outer = scope;
    scope = whole;
    try {
      return construction.get();
    } finally {
      scope = outer;
    }
  }

  /** The name of the part under construction, empty at the top. */
  public String scope() {
    return scope;
  }

  /**
   * What the gradients of one differentiation are named by: {@code grad} after the scope, with a
   * number from the second time on.
   */
  String gradientLabel() {
    String first = scope.isEmpty() ? "grad" : scope + ".grad";
    String label = first;
    for (int number = 2; !gradientLabels.add(label); number++) {
      label = first + number;
    }
    return label;
  }

  /**
   * Names a value, under which a program can keep and read it.
   *
   * @throws IllegalArgumentException if another value has the name, or this is no value of the
   *     graph
   */
  public Value name(Value value, String name) {
    own("the name " + name, value);
    Value other = named.putIfAbsent(name, value);
    if (other != null && other != value) {
      throw new IllegalArgumentException("the graph already has a value named " + name);
    }
    if (value.name() == null) {
      value.name(name);
    }
    return value;
  }

  /** Takes a name away from its value and gives it to another, as when one is the better form. */
  public void rename(String name, Value better) {
    Value old = named.remove(name);
    if (old != null && name.equals(old.name())) {
      old.name(null);
    }
    name(better, name);
  }

  /** Lets a computed value lie in a variable, so that it outlives the run. */
  public void place(Value value, Variable variable, long offset) {
    own("the place in " + variable.name(), value);
    checkWithin(variable, offset, value.type());
    if (value.placement() != null || value.isInput()) {
      throw new IllegalArgumentException(value + " already has its place");
    }
    value.place(new Placement(variable, offset));
  }

  /** What a part of a variable becomes at the end of a run. */
  public record Assignment(Value target, Value value) {}

  /**
   * Lets a part of a variable become a value at the end of each run: what reads the part in the run
   * sees it as it was before. The last assignment to a part counts.
   *
   * @param target from {@link #view} or {@link #read}
   * @throws dev.lamina.type.ShapeException if the types differ
   */
  public void assign(Value target, Value value) {
    own("the target of an assignment", target);
    own("what is assigned to " + target, value);
    if (target.placement() == null || target.producer() != null) {
      throw new IllegalArgumentException(
          "assignment to " + target + ": expected a part of a variable");
    }
    if (!target.type().equals(value.type())) {
      throw new ShapeException("assignment of " + value + " to " + target + ": the types differ");
    }
    assignments.put(target, value);
  }

  /** The assignments so far, for a caller who does them otherwise; the graph forgets them. */
  public List<Assignment> takeAssignments() {
    List<Assignment> taken = assignments();
    assignments.clear();
    return taken;
  }

  /** The assignments that a program does at the end of a run. */
  public List<Assignment> assignments() {
    return assignments.entrySet().stream()
        .map(entry -> new Assignment(entry.getKey(), entry.getValue()))
        .toList();
  }

  /** Asks that a value still be there after a run. */
  public void keep(Value value) {
    kept.add(own("what is kept", value));
  }

  /** The value of this name, or null. */
  public Value find(String name) {
    return named.get(name);
  }

  /** All names and their values, in order of naming. */
  public Map<String, Value> names() {
    return Collections.unmodifiableMap(named);
  }

  /** The nodes in order. */
  public List<Node> nodes() {
    return Collections.unmodifiableList(nodes);
  }

  /** What the host writes before a run. */
  public Set<Value> inputs() {
    return Collections.unmodifiableSet(inputs);
  }

  /** What must still be there after a run. */
  public Set<Value> kept() {
    return Collections.unmodifiableSet(kept);
  }

  /** A scalar constant. */
  public Value constant(double value, DType dtype) {
    return fill(value, new TensorType(dtype, Shape.scalar()));
  }

  /** A constant FP32 tensor of an array, row-major. */
  public Value constant(float[] numbers, long... extents) {
    return constant(MemorySegment.ofArray(numbers), TensorType.of(DType.FP32, extents));
  }

  /** A constant FP64 tensor of an array, row-major. */
  public Value constant(double[] numbers, long... extents) {
    return constant(MemorySegment.ofArray(numbers), TensorType.of(DType.FP64, extents));
  }

  /** A constant INT32 tensor of an array, row-major. */
  public Value constant(int[] numbers, long... extents) {
    return constant(MemorySegment.ofArray(numbers), TensorType.of(DType.INT32, extents));
  }

  /**
   * A constant tensor of host memory of exactly its size, row-major, which is copied now. Each
   * program of the graph has a copy on its device.
   *
   * @throws dev.lamina.type.ShapeException if the size is another, or it is a Java array of other
   *     elements
   */
  public Value constant(MemorySegment numbers, TensorType type) {
    type.checkHost("a constant", numbers);
    Value value = new Value(this, values++, type, null, true, null);
    constants.put(value, MemorySegment.ofArray(numbers.toArray(ValueLayout.JAVA_BYTE)));
    return value;
  }

  /** The constant tensors and their elements. */
  public Map<Value, MemorySegment> constants() {
    return Collections.unmodifiableMap(constants);
  }

  /** A tensor of one value. */
  @Override
  public Value fill(double value, TensorType type) {
    return emit(new Fill(value, type));
  }

  /** The sum of two values of one shape. */
  @Override
  public Value add(Sym a, Sym b) {
    return (Value) Emitter.super.add(a, b);
  }

  private static void checkWithin(Variable variable, long offset, TensorType type) {
    if (type.dtype() != variable.type().dtype()
        || offset < 0
        || offset + type.size() > variable.type().size()) {
      throw new IllegalArgumentException(
          type + " at element " + offset + " does not lie within the variable " + variable);
    }
  }
}
