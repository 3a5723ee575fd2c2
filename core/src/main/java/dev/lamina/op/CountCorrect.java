package dev.lamina.op;

import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.List;
import java.util.Set;

/**
 * Adds the number of right answers in a batch to a counter: inputs z, y as for the loss, counter
 * FP64 [1] (updated). A row counts for SOFTMAX_CROSS_ENTROPY if the first largest z is at the
 * target class (the first largest y for probabilities), an element for BINARY_CROSS_ENTROPY if z
 * &gt; 0 just when y &gt; 0.5. Rows with a NaN are wrong.
 */
public record CountCorrect(LossFunction function) implements Op {
  /** The counter's type. */
  public static final TensorType COUNTER = TensorType.of(DType.FP64, 1);

  @Override
  public String label() {
    return "count-correct";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 3);
    Check.full(this, inputs, 0);
    Loss.checked(this, function, inputs, 0);
    if (function == LossFunction.MEAN_SQUARED_ERROR) {
      throw Check.mismatch(this, inputs, "a loss for classes; a regression has no accuracy");
    }
    Check.exactly(this, inputs, 2, COUNTER);
    return List.of();
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return inputs.getFirst().size();
  }

  @Override
  public Set<Integer> updates() {
    return Set.of(2);
  }
}
