package dev.lamina.graph;

import dev.lamina.op.Copy;
import dev.lamina.op.Gemm;
import dev.lamina.op.Op;
import dev.lamina.op.TensorOperations;
import dev.lamina.op.Transpose;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.List;

/**
 * A tensor in a graph: an input, a part of a variable, or a node's output. Its {@linkplain
 * TensorOperations operations} add nodes to the graph and compute nothing yet. One thread at a time
 * may build a graph.
 */
public final class Value implements TensorOperations<Value> {
  private final Graph graph;
  private final int id;
  private final TensorType type;
  private final Node producer;
  private final boolean input;
  private String name;
  private Placement placement;

  Value(Graph graph, int id, TensorType type, Node producer, boolean input, Placement placement) {
    this.graph = graph;
    this.id = id;
    this.type = type;
    this.producer = producer;
    this.input = input;
    this.placement = placement;
  }

  @Override
  public TensorType type() {
    return type;
  }

  /** The graph that made it and that alone can use it. */
  Graph graph() {
    return graph;
  }

  /** Its number within the graph. */
  public int id() {
    return id;
  }

  /** The node that computes it, null for inputs and for variables that are only read. */
  public Node producer() {
    return producer;
  }

  /** Whether it is written before a run, by the host or, if it is constant, by the program. */
  public boolean isInput() {
    return input;
  }

  /** The name it was given, null if it has none. */
  public String name() {
    return name;
  }

  /** The part of a variable that holds it, null if a program places it as it likes. */
  public Placement placement() {
    return placement;
  }

  @Override
  public Value apply(Op operation) {
    return graph.emit(operation, this);
  }

  @Override
  public Value apply(Op operation, Value b) {
    return graph.emit(operation, this, b);
  }

  @Override
  public Value apply(Op operation, List<Value> more) {
    Value[] operands = new Value[1 + more.size()];
    operands[0] = this;
    for (int i = 1; i < operands.length; i++) {
      operands[i] = more.get(i - 1);
    }
    return graph.emit(operation, operands);
  }

  @Override
  public Value matmul(Value b) {
    Gemm product = Gemm.of(isTransposed(), b.isTransposed());
    return graph.emit(product, untransposed(), b.untransposed());
  }

  private boolean isTransposed() {
    return producer != null && producer.op() instanceof Transpose;
  }

  private Value untransposed() {
    return isTransposed() ? producer.inputs().getFirst() : this;
  }

  @Override
  public Value transpose() {
    return apply(new Transpose());
  }

  /** These elements in another type; this value itself if it has that type. */
  @Override
  public Value cast(DType to) {
    return to == dtype() ? this : TensorOperations.super.cast(to);
  }

  @Override
  public Value copy() {
    return apply(new Copy());
  }

  void name(String newName) {
    name = newName;
  }

  void place(Placement newPlacement) {
    placement = newPlacement;
  }

  @Override
  public String toString() {
    return (name == null ? "%" + id : name) + " " + type;
  }
}
