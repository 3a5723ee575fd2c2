package dev.lamina.graph;

import dev.lamina.op.Op;
import java.util.List;
import java.util.stream.Collectors;

/** An operation in a graph with the values it takes and makes. */
public final class Node {
  private final String scope;
  private final Op op;
  private final List<Value> inputs;
  private List<Value> outputs = List.of();

  Node(String scope, Op op, List<Value> inputs) {
    this.scope = scope;
    this.op = op;
    this.inputs = List.copyOf(inputs);
  }

  /** A node that makes existing values in another way: what a fusion puts in place of several. */
  public static Node fused(String scope, Op op, List<Value> inputs, List<Value> outputs) {
    Node node = new Node(scope, op, inputs);
    node.outputs(outputs);
    return node;
  }

  void outputs(List<Value> values) {
    outputs = List.copyOf(values);
  }

  /** Which part of the model it belongs to, for example {@code 0} or {@code grad 0}. */
  public String scope() {
    return scope;
  }

  /** The operation. */
  public Op op() {
    return op;
  }

  /** What it takes. */
  public List<Value> inputs() {
    return inputs;
  }

  /** What it makes. */
  public List<Value> outputs() {
    return outputs;
  }

  /** Its scope and operation, for messages. */
  public String name() {
    return scope.isEmpty() ? op.label() : scope + " " + op.label();
  }

  @Override
  public String toString() {
    return name()
        + " "
        + inputs.stream().map(Value::toString).collect(Collectors.joining(", ", "(", ")"));
  }
}
