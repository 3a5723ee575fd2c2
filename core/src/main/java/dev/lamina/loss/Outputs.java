package dev.lamina.loss;

/** What the outputs of a model mean to a loss, and so to evaluations and predictions. */
public enum Outputs {
  /**
   * Logits of classes that exclude each other: softmax makes a row's probabilities of them, and the
   * largest is the answer.
   */
  CLASS_LOGITS,
  /** Logits each of its own: sigmoid makes a probability of each. */
  LOGITS,
  /** The numbers to be predicted themselves. */
  NUMBERS
}
