package dev.lamina.loss;

import dev.lamina.op.LossFunction;

/**
 * Binary cross-entropy from logits: the mean over all elements of max(z, 0) − z·y + ln(1 +
 * e<sup>−|z|</sup>); dz = (sigmoid(z) − y) / (m·n). Logits z and targets y [m, n], y from 0 to 1.
 * As PyTorch's BCEWithLogitsLoss.
 */
public record BinaryCrossEntropy() implements FusedLoss {
  static final String NAME = "binary-cross-entropy";

  @Override
  public LossFunction function() {
    return LossFunction.BINARY_CROSS_ENTROPY;
  }

  @Override
  public Outputs outputs() {
    return Outputs.LOGITS;
  }
}
