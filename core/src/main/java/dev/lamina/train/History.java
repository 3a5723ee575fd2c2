package dev.lamina.train;

import java.util.List;

/**
 * What a training run brought.
 *
 * @param epochs in order
 * @param best number of the epoch whose parameters the model has now
 * @param stopped whether it was stopped before the last epoch
 * @param seconds that the whole run took
 */
public record History(List<EpochReport> epochs, int best, boolean stopped, double seconds) {
  /** Copies the list. */
  public History {
    epochs = List.copyOf(epochs);
  }

  /** Whether the training went astray: the last epoch {@linkplain EpochReport#diverged did}. */
  public boolean diverged() {
    return !epochs.isEmpty() && epochs.getLast().diverged();
  }
}
