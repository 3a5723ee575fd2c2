package dev.lamina.cli;

import dev.lamina.train.TrainingListener;
import java.util.Map;

/** How a training run shows itself. */
interface Display extends TrainingListener, AutoCloseable {
  /** Training begins. */
  void onStart(String summary, Map<String, Object> facts);

  /** Training is over and the model saved. */
  void onEnd(String summary, Map<String, Object> facts);

  /** Gives the terminal back. */
  @Override
  default void close() {}
}
