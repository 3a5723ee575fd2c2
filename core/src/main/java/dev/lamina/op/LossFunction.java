package dev.lamina.op;

/** Losses, as means over a batch, that backends compute together with their gradients. */
public enum LossFunction {
  /**
   * Softmax cross-entropy from logits: mean over the m rows of −Σ<sub>j</sub> y<sub>ij</sub> ln
   * softmax(z)<sub>ij</sub>; dz = (softmax(z) Σ<sub>j</sub> y<sub>ij</sub> − y) / m. Logits z [m,
   * n]; targets y are class numbers INT32 [m] (a number outside 0..n−1 makes the row's loss and
   * gradient NaN) or probabilities [m, n] of the logits' type, of FP32 for logits in BF16.
   */
  SOFTMAX_CROSS_ENTROPY("softmax-cross-entropy", true),
  /**
   * Binary cross-entropy from logits: mean over all elements of max(z, 0) − z·y + ln(1 +
   * e<sup>−|z|</sup>); dz = (sigmoid(z) − y) / count. Logits and targets of one shape, and of one
   * type but for logits in BF16, whose targets are FP32.
   */
  BINARY_CROSS_ENTROPY("binary-cross-entropy", false),
  /**
   * Mean squared error: mean over all elements of (z − y)²; dz = 2 (z − y) / count. Targets as for
   * the binary cross-entropy.
   */
  MEAN_SQUARED_ERROR("mean-squared-error", false);

  private final String label;
  private final boolean byRow;

  LossFunction(String label, boolean byRow) {
    this.label = label;
    this.byRow = byRow;
  }

  /** Whether it is the mean over the rows, which have a target each; else over all elements. */
  public boolean byRow() {
    return byRow;
  }

  /** The name by which users call it. */
  public String label() {
    return label;
  }
}
