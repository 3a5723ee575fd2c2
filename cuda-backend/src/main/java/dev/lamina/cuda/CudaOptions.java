package dev.lamina.cuda;

/**
 * Settings of the CUDA backend that are not part of the engine's contract.
 *
 * @param debug whether to wait after each operation, so that an error names it; slow
 * @param graphs whether calls that run repeatedly are captured as a CUDA graph and replayed
 * @param lanes how many streams independent calls are spread over
 */
record CudaOptions(boolean debug, boolean graphs, int lanes) {
  /** System property for {@code debug}. */
  static final String DEBUG_PROPERTY = "lamina.cuda.debug";

  /** How many streams are worth it: a branch for weight gradients, one for updates, one spare. */
  static final int LANES = 4;

  static final CudaOptions DEFAULT = new CudaOptions(false, true, LANES);

  CudaOptions {
    if (lanes < 1) {
      throw new IllegalArgumentException("lanes " + lanes);
    }
  }

  /** The options that the system properties state. */
  static CudaOptions fromProperties() {
    return Boolean.getBoolean(DEBUG_PROPERTY) ? new CudaOptions(true, false, 1) : DEFAULT;
  }
}
