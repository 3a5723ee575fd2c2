package dev.lamina.train;

import dev.lamina.LaminaException;
import dev.lamina.loss.Loss;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.optim.Adam;
import dev.lamina.optim.Optimizer;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How a model is trained: the numbers that {@link Trainer} and {@link TrainingStep} share. Begins
 * with {@link #DEFAULT}, which its methods change one by one:
 *
 * <pre>{@code
 * var options = TrainingOptions.DEFAULT.withOptimizer(new Adam(0.01)).withBatchSize(32);
 * }</pre>
 *
 * <p>Immutable; any number of threads may use one.
 *
 * @param loss what is made small
 * @param optimizer how parameters follow their gradients
 * @param batchSize the number of samples in a batch, 1 or more
 * @param seed of shuffles and dropout masks
 * @param shuffle whether each epoch has an order of its own
 * @param placement where a trainer's data lie
 */
public record TrainingOptions(
    Loss loss,
    Optimizer optimizer,
    int batchSize,
    long seed,
    boolean shuffle,
    DataPlacement placement) {
  /**
   * Softmax cross-entropy, Adam at 0.001, batches of 128, seed 0, shuffled, data on the device if
   * they fit.
   */
  public static final TrainingOptions DEFAULT =
      new TrainingOptions(
          new SoftmaxCrossEntropy(), new Adam(0.001), 128, 0, true, DataPlacement.AUTO);

  /**
   * Checks the numbers.
   *
   * @throws LaminaException if one is out of range; the message says which and what was expected
   */
  public TrainingOptions {
    Objects.requireNonNull(loss, "loss");
    Objects.requireNonNull(optimizer, "optimizer");
    BatchSize.checked(batchSize);
    Objects.requireNonNull(placement, "placement");
  }

  /** With another loss. */
  public TrainingOptions withLoss(Loss other) {
    return with(draft -> draft.loss = other);
  }

  /** With another optimizer. */
  public TrainingOptions withOptimizer(Optimizer other) {
    return with(draft -> draft.optimizer = other);
  }

  /** With so many samples in a batch. */
  public TrainingOptions withBatchSize(int samples) {
    return with(draft -> draft.batchSize = samples);
  }

  /** With another seed. */
  public TrainingOptions withSeed(long other) {
    return with(draft -> draft.seed = other);
  }

  /** With an order of its own for each epoch, or always that of the data. */
  public TrainingOptions withShuffle(boolean on) {
    return with(draft -> draft.shuffle = on);
  }

  /** With the data at another place. */
  public TrainingOptions withPlacement(DataPlacement other) {
    return with(draft -> draft.placement = other);
  }

  private TrainingOptions with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.options();
  }

  /** Options that may still change. */
  private static final class Draft {
    private Loss loss;
    private Optimizer optimizer;
    private int batchSize;
    private long seed;
    private boolean shuffle;
    private DataPlacement placement;

    Draft(TrainingOptions options) {
      loss = options.loss;
      optimizer = options.optimizer;
      batchSize = options.batchSize;
      seed = options.seed;
      shuffle = options.shuffle;
      placement = options.placement;
    }

    TrainingOptions options() {
      return new TrainingOptions(loss, optimizer, batchSize, seed, shuffle, placement);
    }
  }
}
