package dev.lamina.suite;

import dev.lamina.op.Op;
import dev.lamina.oracle.Value;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One operation with the types of its inputs and how they are sampled.
 *
 * @param dtype what a backend must support to run it
 * @param differentiated whether its gradient is checked by finite differences; then the samples
 *     keep away from kinks
 */
record OpCase(
    Op op, DType dtype, List<TensorType> types, List<Sampler> samplers, boolean differentiated) {
  OpCase {
    types = List.copyOf(types);
    samplers = List.copyOf(samplers);
    if (types.size() != samplers.size()) {
      throw new IllegalArgumentException(op + ": " + types + " sampled by " + samplers);
    }
  }

  /** The inputs, the same at every call. */
  List<Value> inputs() {
    SplittableRandom random = new SplittableRandom(toString().hashCode());
    List<Value> inputs = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      inputs.add(samplers.get(i).sample(types.get(i), random));
    }
    return inputs;
  }

  List<TensorType> outputs() {
    return op.infer(types);
  }

  /** The number of elements of all inputs. */
  long inputSize() {
    return types.stream().mapToLong(TensorType::size).sum();
  }

  /** The operation, the types, and how they are sampled. */
  @Override
  public String toString() {
    return op
        + IntStream.range(0, types.size())
            .mapToObj(i -> types.get(i) + "~" + samplers.get(i))
            .collect(Collectors.joining(", ", " of (", ")"));
  }
}
