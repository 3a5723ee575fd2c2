package dev.lamina.train;

/** Hears of a training run; called on the thread that trains. */
public interface TrainingListener {
  /** Some steps are done; a few times a second. */
  default void onProgress(Progress progress) {}

  /** An epoch is done and validated. */
  default void onEpoch(EpochReport report) {}
}
