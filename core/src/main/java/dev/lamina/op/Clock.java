package dev.lamina.op;

import dev.lamina.type.DType;
import dev.lamina.type.TensorType;

/**
 * The state of a training run that lives beside the parameters on the device, so that a step needs
 * nothing from the host: a few small tensors and their layouts.
 */
public final class Clock {
  /** The clock, INT32 [4]: number of finished steps, seed's low and high 32 bits, 0. */
  public static final TensorType CLOCK = TensorType.of(DType.INT32, 4);

  /** Position in the clock: the number of finished steps. */
  public static final int STEP = 0;

  /** Position in the clock: the low 32 bits of the seed. */
  public static final int SEED_LOW = 1;

  /** Position in the clock: the high 32 bits of the seed. */
  public static final int SEED_HIGH = 2;

  /**
   * The tracker, FP64 [4]: sum of the losses, number of steps summed, the first step (from 1) whose
   * loss was NaN or infinite or 0, the last loss.
   */
  public static final TensorType TRACKER = TensorType.of(DType.FP64, 4);

  /** Position in the tracker: the sum of the losses since it was last cleared. */
  public static final int LOSS_SUM = 0;

  /** Position in the tracker: how many losses were summed. */
  public static final int LOSS_COUNT = 1;

  /** Position in the tracker: the first step, from 1, with a NaN or infinite loss; 0 if none. */
  public static final int FIRST_BAD_STEP = 2;

  /** Position in the tracker: the last loss. */
  public static final int LAST_LOSS = 3;

  /**
   * What the optimizer needs of the step, FP64 [5]: learning rate η, 1 − β₁<sup>t</sup>, 1 −
   * β₂<sup>t</sup>, 1 if the update must be skipped because a loss or an earlier update was NaN or
   * infinite, and the step's number t.
   */
  public static final TensorType HYPER = TensorType.of(DType.FP64, 5);

  /** Position in what the optimizer needs: 1 if the update must be skipped, else 0. */
  public static final int SKIP = 3;

  /** Position in what the optimizer needs: the step's number, from 1. */
  public static final int NUMBER = 4;

  /**
   * What an update leaves where it could not be done, FP64 [3]: the step, from 1, how many elements
   * there are from the first that was left as it was to the end, and 1 if the gradient of one was
   * NaN or infinite. All are 0 at the start and as long as there are none, and only grow.
   */
  public static final TensorType REFUSAL = TensorType.of(DType.FP64, 3);

  /** Position in a refusal: the step, from 1; 0 if there is none. */
  public static final int REFUSED_STEP = 0;

  /** Position in a refusal: the number of elements from the first refused one to the end. */
  public static final int REFUSED_REST = 1;

  /** Position in a refusal: 1 if the gradient of a refused element was not finite, else 0. */
  public static final int REFUSED_GRADIENT = 2;

  private Clock() {}

  /** The learning rates of so many steps. */
  public static TensorType rates(long steps) {
    return TensorType.of(DType.FP64, steps);
  }

  /** The refusals of so many updates, one after the other. */
  public static TensorType refusals(long updates) {
    return TensorType.of(REFUSAL.dtype(), updates, REFUSAL.size());
  }
}
