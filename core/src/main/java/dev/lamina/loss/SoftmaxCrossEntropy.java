package dev.lamina.loss;

import dev.lamina.op.LossFunction;

/**
 * Softmax cross-entropy from logits: the mean over the m rows of −Σ<sub>j</sub> y<sub>ij</sub> ln
 * softmax(z)<sub>ij</sub>; dz = (softmax(z) Σ<sub>j</sub> y<sub>ij</sub> − y) / m. Logits z [m, n];
 * targets y are class numbers INT32 [m] or probabilities [m, n]. As PyTorch's CrossEntropyLoss.
 */
public record SoftmaxCrossEntropy() implements FusedLoss {
  @Override
  public LossFunction function() {
    return LossFunction.SOFTMAX_CROSS_ENTROPY;
  }

  @Override
  public Outputs outputs() {
    return Outputs.CLASS_LOGITS;
  }
}
