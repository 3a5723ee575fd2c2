package dev.lamina.tensor;

import dev.lamina.backend.Call;
import dev.lamina.backend.Operand;
import dev.lamina.op.Copy;
import dev.lamina.op.Op;
import dev.lamina.type.ShapeException;
import dev.lamina.type.TensorType;
import java.util.List;

/**
 * Where the results of a tensor's operations go.
 *
 * @param arena whose tensors they become
 * @param target what the result overwrites instead, or null; it lies in the arena's backend
 */
record Destination(TensorArena arena, Operand target) {
  /** Tensors of an arena. */
  static Destination in(TensorArena arena) {
    return new Destination(arena, null);
  }

  boolean isInPlace() {
    return target != null;
  }

  /** The destination of both operands of an operation: the more temporary one of this and that. */
  Destination with(Destination other) {
    return target == null && other.arena.isWithin(arena) ? in(other.arena) : this;
  }

  /** Runs an operation and returns where its result lies. */
  Operand compute(Op op, List<Operand> inputs) {
    TensorType result = op.infer(types(inputs)).getFirst();
    if (target != null) {
      overwrite(op, inputs, result);
      return target;
    }
    Operand made = arena.allocate(result);
    run(op, inputs, made);
    return made;
  }

  private void overwrite(Op op, List<Operand> inputs, TensorType result) {
    if (!result.equals(target.type())) {
      throw new ShapeException(
          op.label() + " in place of " + target.type() + ": the result is " + result);
    }
    boolean first = op.inPlace() == 0 && inputs.getFirst().equals(target);
    if (first && inputs.stream().skip(1).noneMatch(target::overlaps)) {
      run(op, inputs, target);
      return;
    }
    try (TensorArena temporary = arena.temporary()) {
      Operand made = temporary.allocate(result);
      run(op, inputs, made);
      run(new Copy(), List.of(made), target);
    }
  }

  /** Runs an operation whose result goes to memory of the arena's backend. */
  void run(Op op, List<Operand> inputs, Operand output) {
    arena.backend().execute(new Call(arena.name(), op, inputs, List.of(output)));
  }

  static List<TensorType> types(List<Operand> operands) {
    TensorType[] types = new TensorType[operands.size()];
    for (int i = 0; i < types.length; i++) {
      types[i] = operands.get(i).type(); // a stream would take a tenth of a small operation
    }
    return List.of(types);
  }
}
