package dev.lamina.cuda;

import java.util.Arrays;
import java.util.Objects;
import jcuda.driver.JCudaDriver;

/**
 * The lanes of a GPU, made when first asked for. What the span hangs on, and products, are on lanes
 * of the highest priority; see {@link LanePlan}.
 */
final class Lanes implements AutoCloseable {
  private final Gpu gpu;
  private final CudaOptions options;
  private final Lane[] lanes;

  Lanes(Gpu gpu, CudaOptions options) {
    this.gpu = gpu;
    this.options = options;
    lanes = new Lane[options.lanes().count()];
  }

  /** The lane of this number, from 0. */
  Lane get(int number) {
    if (lanes[number] == null) {
      int priority = priority(options.lanes().isUrgent(number));
      lanes[number] =
          options.lanes().isForUpdates(number)
              ? Lane.ofKernels(gpu, priority)
              : Lane.ofProducts(gpu, priority, options.precision());
    }
    return lanes[number];
  }

  private static int priority(boolean urgent) {
    int[] least = new int[1];
    int[] greatest = new int[1];
    CudaException.check(
        () -> JCudaDriver.cuCtxGetStreamPriorityRange(least, greatest),
        "asking for the priorities of streams");
    return urgent ? greatest[0] : least[0];
  }

  /** How much memory the lanes will take that have not been made yet. */
  long missingBytes() {
    long missing = 0;
    for (int i = 0; i < lanes.length; i++) {
      if (lanes[i] == null && !options.lanes().isForUpdates(i)) {
        missing += Lane.bytes(gpu);
      }
    }
    return missing;
  }

  @Override
  public void close() {
    Arrays.stream(lanes).filter(Objects::nonNull).forEach(Lane::close);
    Arrays.fill(lanes, null);
  }
}
