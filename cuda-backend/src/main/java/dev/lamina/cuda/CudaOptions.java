package dev.lamina.cuda;

import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.Precision;

/**
 * Settings of the CUDA backend: those of the engine's contract that it heeds, and its own.
 *
 * @param debug whether to wait after each operation, so that an error names it; slow
 * @param graphs whether calls that run repeatedly are captured as a CUDA graph and replayed
 * @param lanes over which streams independent calls are spread
 * @param precision how fp32 matrices are multiplied
 * @param autotune whether products are measured, or the first algorithm is taken
 */
record CudaOptions(
    boolean debug, boolean graphs, LaneOptions lanes, Precision precision, boolean autotune) {
  /** System property for {@code debug}. */
  static final String DEBUG_PROPERTY = "lamina.cuda.debug";

  static final CudaOptions DEFAULT =
      new CudaOptions(false, true, LaneOptions.DEFAULT, Precision.FP32, true);

  /** The options that the caller and the system properties state. */
  static CudaOptions of(BackendOptions options) {
    boolean debug = Boolean.getBoolean(DEBUG_PROPERTY);
    LaneOptions lanes = LaneOptions.ofProperties();
    return new CudaOptions(
        debug, !debug, debug ? lanes.withCount(1) : lanes, options.precision(), options.autotune());
  }

  CudaOptions withAutotune(boolean value) {
    return new CudaOptions(debug, graphs, lanes, precision, value);
  }

  CudaOptions withPrecision(Precision value) {
    return new CudaOptions(debug, graphs, lanes, value, autotune);
  }
}
