package dev.lamina.tensor;

import dev.lamina.backend.Call;
import dev.lamina.backend.Operand;
import dev.lamina.graph.Differentiation;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gradients of what is computed with tensors at once. What is computed of a {@linkplain #watch
 * watched} tensor is recorded, and so is what is computed of that; other tensors are constants.
 *
 * {@snippet :
 * for (int step = 0; step < 200; step++) {
 *   try (GradientTape tape = GradientTape.open(arena)) {
 *     Tensor weights = tape.watch(w);
 *     Tensor loss = x.matmul(weights).subtract(y).square().mean(Axis.ALL);
 *     w.inPlace().subtract(tape.gradient(loss, weights).multiply(0.1));
 *   }
 * }
 * }
 *
 * <p>Gradients are recorded too, so that they have gradients: second derivatives and penalties. The
 * results belong to a {@linkplain TensorArena#temporary temporary arena} of the tape and live until
 * it is closed; {@link Tensor#to} takes one out. What a gradient needs are the elements of the
 * recorded tensors as they are when it is asked for, so change a watched tensor afterwards.
 *
 * <p>One thread at a time may use a tape and its arena.
 */
public final class GradientTape implements AutoCloseable {
  private final TensorArena arena;
  private final Graph graph = new Graph();
  private final Map<Value, DeviceTensor> tensors = new HashMap<>();
  private final Map<Tensor, RecordedTensor> watched = new IdentityHashMap<>();

  private GradientTape(TensorArena arena) {
    this.arena = arena;
  }

  /** An empty tape for tensors of an arena's backend; its memory comes from that arena. */
  public static GradientTape open(TensorArena arena) {
    return new GradientTape(arena.temporary());
  }

  /**
   * A tensor of which all that is computed is recorded; it shares the memory of x.
   *
   * @throws dev.lamina.type.ShapeException if x is on another backend
   */
  public Tensor watch(Tensor x) {
    return x instanceof RecordedTensor recorded
        ? lift(recorded)
        : watched.computeIfAbsent(x, this::lift);
  }

  /**
   * The gradient of a scalar by one tensor; see {@link #gradients}.
   *
   * @return of the type of {@code by}
   */
  public Tensor gradient(Tensor loss, Tensor by) {
    return gradients(loss, by).getFirst();
  }

  /**
   * The gradients of a scalar.
   *
   * @param loss a floating scalar []
   * @param by watched tensors, as they were given to {@link #watch} or came from it, or what was
   *     computed of them
   * @return the gradient by each, of its type; zeros where the loss does not depend on it
   * @throws IllegalArgumentException if the loss is no floating scalar, or one of the others is not
   *     recorded
   * @throws UnsupportedOperationException if an operation between them has no gradient; the message
   *     names it
   */
  public List<Tensor> gradients(Tensor loss, Tensor... by) {
    List<Value> wanted = new ArrayList<>();
    for (Tensor x : by) {
      RecordedTensor recorded = x instanceof RecordedTensor r ? lift(r) : watched.get(x);
      if (recorded == null) {
        throw new IllegalArgumentException(
            "gradient by " + x + ": it is not recorded; compute the loss with what watch returns");
      }
      wanted.add(recorded.value());
    }
    Value from = lift(loss).value();
    int before = graph.nodes().size();
    Map<Value, Value> found = Differentiation.gradients(graph, from, wanted);
    compute(graph.nodes().subList(before, graph.nodes().size()), new HashSet<>(found.values()));
    return wanted.stream()
        .map(found::get)
        .<Tensor>map(gradient -> record(tensors.get(gradient), gradient))
        .toList();
  }

  /** Runs those of some nodes that others or the caller need. */
  private void compute(List<Node> added, Set<Value> needed) {
    List<Node> live = new ArrayList<>();
    for (Node node : added.reversed()) {
      if (node.outputs().stream().anyMatch(needed::contains)) {
        live.add(node);
        needed.addAll(node.inputs());
      }
    }
    for (Node node : live.reversed()) {
      List<Operand> inputs = node.inputs().stream().map(v -> tensors.get(v).operand()).toList();
      List<Operand> outputs = new ArrayList<>();
      for (Value output : node.outputs()) {
        Operand made = arena.allocate(output.type());
        tensors.put(output, new DeviceTensor(arena, made));
        outputs.add(made);
      }
      arena.backend().execute(new Call(node.name(), node.op(), inputs, outputs));
    }
  }

  /** A tensor as one of this tape: itself, or a constant. */
  RecordedTensor lift(Tensor x) {
    if (x instanceof RecordedTensor recorded) {
      if (recorded.tape() != this) {
        throw new IllegalArgumentException(
            x + " is recorded on another tape; one computation needs one tape");
      }
      return recorded;
    }
    Value value = graph.input("tensor " + tensors.size(), x.type());
    return record((DeviceTensor) x.in(arena), value);
  }

  RecordedTensor record(Tensor tensor, Value value) {
    tensors.put(value, (DeviceTensor) tensor);
    return new RecordedTensor(this, (DeviceTensor) tensor, value);
  }

  /** Frees the results and gradients; the watched tensors stay. Closing twice does nothing. */
  @Override
  public void close() {
    arena.close();
  }
}
