package dev.lamina.op;

/** What a model is trained to make small, as the mean over a batch. */
public enum LossFunction {
  /**
   * Softmax cross-entropy from logits: mean over the m rows of −Σ<sub>j</sub> y<sub>ij</sub> ln
   * softmax(z)<sub>ij</sub>; dz = (softmax(z) Σ<sub>j</sub> y<sub>ij</sub> − y) / m. Logits z [m,
   * n]; targets y are class numbers INT32 [m] (a number outside 0..n−1 makes the row's loss and
   * gradient NaN) or probabilities [m, n] of the logits' type, of FP32 for logits in BF16.
   */
  SOFTMAX_CROSS_ENTROPY("softmax-cross-entropy", Output.CLASS_LOGITS),
  /**
   * Binary cross-entropy from logits: mean over all elements of max(z, 0) − z·y + ln(1 +
   * e<sup>−|z|</sup>); dz = (sigmoid(z) − y) / count. Logits and targets of one shape, and of one
   * type but for logits in BF16, whose targets are FP32.
   */
  BINARY_CROSS_ENTROPY("binary-cross-entropy", Output.LOGITS),
  /**
   * Mean squared error: mean over all elements of (z − y)²; dz = 2 (z − y) / count. Targets as for
   * the binary cross-entropy.
   */
  MEAN_SQUARED_ERROR("mean-squared-error", Output.NUMBERS);

  /** What the outputs of a model are to a loss. */
  public enum Output {
    /**
     * Logits of classes that exclude each other: softmax makes a row's probabilities of them. The
     * loss is the mean over the rows.
     */
    CLASS_LOGITS,
    /** Logits each of its own: sigmoid makes a probability of each. */
    LOGITS,
    /** The numbers to be predicted themselves. */
    NUMBERS
  }

  private final String label;
  private final Output output;

  LossFunction(String label, Output output) {
    this.label = label;
    this.output = output;
  }

  /** What a model that is trained on it puts out. */
  public Output output() {
    return output;
  }

  /** The name by which users call it. */
  public String label() {
    return label;
  }
}
