package dev.lamina.cli;

import dev.lamina.train.EpochReport;
import dev.lamina.train.Progress;
import java.util.Map;

/** How a training run shows itself. */
interface Display extends AutoCloseable {
  /** Training begins. */
  void onStart(String summary, Map<String, Object> facts);

  /** Some steps are done; a few times a second. */
  default void onProgress(Progress progress) {}

  /**
   * An epoch is done.
   *
   * @param validation on the held-out data, null if there are none
   */
  void onEpoch(EpochReport report, Scores validation);

  /** Training is over and the model saved. */
  void onEnd(String summary, Map<String, Object> facts);

  /** Gives the terminal back. */
  @Override
  default void close() {}
}
