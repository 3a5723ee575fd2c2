package dev.lamina.train;

/** Hears of a training run; called on the thread that trains. */
public interface TrainingListener {
  /**
   * A run begins, and this is where its data will lie.
   *
   * @param validation null if there are no held-out data
   */
  default void onData(DataReport training, DataReport validation) {}

  /** This is how much memory the run will take, before any of it is allocated. */
  default void onMemory(TrainingMemory memory) {}

  /** Some steps are done; a few times a second. */
  default void onProgress(Progress progress) {}

  /** An epoch is done and validated. */
  default void onEpoch(EpochReport report) {}
}
