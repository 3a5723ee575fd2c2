package dev.lamina.train;

import dev.lamina.LaminaException;
import dev.lamina.loss.Loss;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.optim.Adam;
import dev.lamina.optim.Optimizer;
import java.util.ArrayList;
import java.util.List;
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
 * @param accumulation after how many batches the parameters are updated, by the mean of the
 *     batches' gradients; 1 for each
 * @param clipValue c: every element of a gradient is brought into [−c, c], an infinite one too;
 *     infinity for none
 * @param clipNorm c: gradients are multiplied by min(1, c / (‖g‖ + 10⁻⁶)), with ‖g‖ the Euclidean
 *     norm of all of them together, after the clipping by value (Pascanu, Mikolov and Bengio, 2013;
 *     PyTorch's clip_grad_norm_). If one is NaN or infinite, no parameter is changed. Infinity for
 *     none
 * @param averageDecay d, from 0 to below 1, of an average a of the parameters p that begins with
 *     them and follows each update by a ← d·a + (1 − d)·p (Polyak and Juditsky, 1992; PyTorch's
 *     AveragedModel with get_ema_avg_fn): what a trainer evaluates and leaves in the model; 0 for
 *     none
 * @param groups parameters with optimizers of their own, and frozen ones: each belongs to the first
 *     group that its name fits, and if there is none to the optimizer above
 */
public record TrainingOptions(
    Loss loss,
    Optimizer optimizer,
    int batchSize,
    long seed,
    boolean shuffle,
    DataPlacement placement,
    int accumulation,
    double clipValue,
    double clipNorm,
    double averageDecay,
    List<ParameterGroup> groups) {
  /**
   * Softmax cross-entropy, Adam at 0.001 for all parameters, batches of 128 with an update after
   * each, seed 0, shuffled, data on the device if they fit, no clipping, no average.
   */
  public static final TrainingOptions DEFAULT =
      new TrainingOptions(
          new SoftmaxCrossEntropy(),
          new Adam(0.001),
          128,
          0,
          true,
          DataPlacement.AUTO,
          1,
          Double.POSITIVE_INFINITY,
          Double.POSITIVE_INFINITY,
          0,
          List.of());

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
    if (accumulation < 1) {
      throw new LaminaException("an update after " + accumulation + " batches: expected 1 or more");
    }
    requirePositive("clipping by value", clipValue);
    requirePositive("clipping by norm", clipNorm);
    if (!(averageDecay >= 0 && averageDecay < 1)) {
      throw new LaminaException(
          "decay of the average "
              + averageDecay
              + ": expected a number from 0, for none, to below 1");
    }
    groups = List.copyOf(groups);
  }

  private static void requirePositive(String what, double bound) {
    if (!(bound > 0)) {
      throw new LaminaException(
          what + " at " + bound + ": expected a number above 0, or infinity for none");
    }
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

  /** With an update after so many batches. */
  public TrainingOptions withAccumulation(int batches) {
    return with(draft -> draft.accumulation = batches);
  }

  /** With each element of gradients brought into [−bound, bound]. */
  public TrainingOptions withClipValue(double bound) {
    return with(draft -> draft.clipValue = bound);
  }

  /** With gradients made so short that all together have at most this norm. */
  public TrainingOptions withClipNorm(double bound) {
    return with(draft -> draft.clipNorm = bound);
  }

  /** With an average of the parameters that keeps such a part of itself at an update. */
  public TrainingOptions withAverageDecay(double decay) {
    return with(draft -> draft.averageDecay = decay);
  }

  /** With these groups of parameters. */
  public TrainingOptions withGroups(List<ParameterGroup> all) {
    return with(draft -> draft.groups = all);
  }

  /** With a further group of parameters, after those that there are. */
  public TrainingOptions withGroup(ParameterGroup group) {
    List<ParameterGroup> all = new ArrayList<>(groups);
    all.add(group);
    return withGroups(all);
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
    private int accumulation;
    private double clipValue;
    private double clipNorm;
    private double averageDecay;
    private List<ParameterGroup> groups;

    Draft(TrainingOptions options) {
      loss = options.loss;
      optimizer = options.optimizer;
      batchSize = options.batchSize;
      seed = options.seed;
      shuffle = options.shuffle;
      placement = options.placement;
      accumulation = options.accumulation;
      clipValue = options.clipValue;
      clipNorm = options.clipNorm;
      averageDecay = options.averageDecay;
      groups = options.groups;
    }

    TrainingOptions options() {
      return new TrainingOptions(
          loss,
          optimizer,
          batchSize,
          seed,
          shuffle,
          placement,
          accumulation,
          clipValue,
          clipNorm,
          averageDecay,
          groups);
    }
  }
}
