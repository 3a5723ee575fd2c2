package dev.lamina.op;

import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.List;
import java.util.Set;

/**
 * Adds the number of right answers in a batch to a counter: inputs the model's output z, targets y,
 * counter FP64 [1] (updated). Rows or elements with a NaN are wrong.
 */
public record CountCorrect(Rule rule) implements Op {
  /** What a right answer is. */
  public enum Rule {
    /**
     * A row of z [m, n] whose first largest element is at the target's class: class numbers INT32
     * [m], or [m, n] with the first largest y at it.
     */
    LARGEST,
    /** An element z &gt; 0 just when y &gt; 0.5; y of z's shape. */
    SIGN
  }

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
    var _ =
        switch (rule) {
          case LARGEST -> Check.classTargets(this, inputs, 0);
          case SIGN -> Check.sameTargets(this, inputs, 0);
        };
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
