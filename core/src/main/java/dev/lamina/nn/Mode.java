package dev.lamina.nn;

/** What a model is used for: some layers act only while it is trained. */
public enum Mode {
  /** Dropout drops, and layers change their states. */
  TRAINING,
  /** Everything is deterministic and whole. */
  EVALUATION
}
