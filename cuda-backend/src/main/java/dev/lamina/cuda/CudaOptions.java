package dev.lamina.cuda;

import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.Precision;

/**
 * Settings of the CUDA backend: those of the engine's contract that it heeds, and its own.
 *
 * @param debug whether to wait after each operation, so that an error names it; slow
 * @param graphs whether calls that run repeatedly are captured as a CUDA graph and replayed
 * @param lanes how many streams independent calls are spread over
 * @param precision how fp32 matrices are multiplied
 * @param autotune whether products are measured, or the first algorithm is taken
 */
record CudaOptions(
    boolean debug, boolean graphs, int lanes, Precision precision, boolean autotune) {
  /** System property for {@code debug}. */
  static final String DEBUG_PROPERTY = "lamina.cuda.debug";

  /** How many streams are worth it: a branch for weight gradients, one for updates, one spare. */
  static final int LANES = 4;

  static final CudaOptions DEFAULT = new CudaOptions(false, true, LANES, Precision.FP32, true);

  CudaOptions {
    if (lanes < 1) {
      throw new IllegalArgumentException("lanes " + lanes);
    }
  }

  /** The options that the caller and the system property state. */
  static CudaOptions of(BackendOptions options) {
    boolean debug = Boolean.getBoolean(DEBUG_PROPERTY);
    return new CudaOptions(
        debug, !debug, debug ? 1 : LANES, options.precision(), options.autotune());
  }

  CudaOptions withAutotune(boolean value) {
    return new CudaOptions(debug, graphs, lanes, precision, value);
  }

  CudaOptions withPrecision(Precision value) {
    return new CudaOptions(debug, graphs, lanes, value, autotune);
  }
}
