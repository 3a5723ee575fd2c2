package dev.lamina.train;

import java.util.concurrent.locks.Condition;

/** Samples that a thread waits for the predictions of. All its state belongs to a lock. */
final class PredictionRequest {
  private final float[] samples;
  private final float[] predictions;
  private final int count;
  private final Condition changed;
  private int taken;
  private int ended;
  private Throwable failure;

  /**
   * A request.
   *
   * @param samples [count, inputs]
   * @param predictions [count, outputs], to be filled
   * @param changed of the lock that this belongs to
   */
  PredictionRequest(float[] samples, float[] predictions, int count, Condition changed) {
    this.samples = samples;
    this.predictions = predictions;
    this.count = count;
    this.changed = changed;
  }

  /** The samples from {@code first} on that are computed in one batch. */
  record Part(PredictionRequest request, int first, int count) {
    float[] samples() {
      return request.samples;
    }

    float[] predictions() {
      return request.predictions;
    }

    /** Says that it was computed, or why not. */
    void end(Throwable failure) {
      request.ended += count;
      if (failure != null) {
        request.fail(failure);
      } else if (request.isDone()) {
        request.wake();
      }
    }
  }

  /** The next samples for a batch, so many at most. */
  Part take(int most) {
    Part part = new Part(this, taken, Math.min(most, count - taken));
    taken += part.count();
    return part;
  }

  /** Whether all samples are in a batch. */
  boolean isTaken() {
    return taken == count;
  }

  /** Whether all samples are computed, or will not be. */
  boolean isDone() {
    return ended == count || failure != null;
  }

  /** Ends it without predictions. */
  void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
      wake();
    }
  }

  /** Has the thread that waits look what became of it. */
  void wake() {
    changed.signal();
  }

  void await() {
    changed.awaitUninterruptibly();
  }

  /** Throws what it failed with, if it did. */
  void throwFailure() {
    switch (failure) {
      case null -> {}
      case Error error -> throw error;
      case RuntimeException exception -> throw exception;
      default -> throw new AssertionError(failure); // nothing else is caught
    }
  }
}
