package dev.lamina.cuda;

import dev.lamina.LaminaException;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.Precision;
import dev.lamina.cuda.natives.Environment;

/**
 * Settings of the CUDA backend: those of the engine's contract that it heeds, and its own.
 *
 * @param debug whether to wait after each operation, so that an error names it; slow
 * @param graphs whether calls that run repeatedly are captured as a CUDA graph and replayed
 * @param lanes how many streams independent calls are spread over
 * @param precision how fp32 matrices are multiplied
 * @param autotune whether products are measured, or the first algorithm is taken
 * @param warmUpMilliseconds how long an idle GPU is kept busy before products are measured
 */
record CudaOptions(
    boolean debug,
    boolean graphs,
    int lanes,
    Precision precision,
    boolean autotune,
    int warmUpMilliseconds) {
  /** System property for {@code debug}. */
  static final String DEBUG_PROPERTY = "lamina.cuda.debug";

  /** System property for {@code warmUpMilliseconds}. */
  static final String WARM_UP_PROPERTY = "lamina.cuda.warmup";

  /** Environment variable for the same; the property goes first. */
  static final String WARM_UP_VARIABLE = "LAMINA_CUDA_WARMUP";

  /** How many streams are worth it: a branch for weight gradients, one for updates, one spare. */
  static final int LANES = 4;

  /** An idle GPU reaches its clocks in about a tenth of a second. */
  private static final int WARM_UP = 200;

  private static final int LONGEST_WARM_UP = 60_000;

  static final CudaOptions DEFAULT =
      new CudaOptions(false, true, LANES, Precision.FP32, true, WARM_UP);

  CudaOptions {
    if (lanes < 1) {
      throw new IllegalArgumentException("lanes " + lanes);
    }
  }

  /**
   * The options that the caller and the settings state.
   *
   * @throws LaminaException if a setting makes no sense
   */
  static CudaOptions of(BackendOptions options) {
    boolean debug = Boolean.getBoolean(DEBUG_PROPERTY);
    return new CudaOptions(
        debug,
        !debug,
        debug ? 1 : LANES,
        options.precision(),
        options.autotune(),
        Environment.system()
            .setting(WARM_UP_PROPERTY, WARM_UP_VARIABLE)
            .map(CudaOptions::warmUp)
            .orElse(WARM_UP));
  }

  private static int warmUp(Environment.Setting setting) {
    String value = setting.value();
    if (!value.matches("[0-9]{1,5}") || Integer.parseInt(value) > LONGEST_WARM_UP) {
      throw new LaminaException(
          setting.name()
              + " is '"
              + value
              + "'; expected for how many milliseconds a GPU is kept busy before products are"
              + " measured, 0 to "
              + LONGEST_WARM_UP);
    }
    return Integer.parseInt(value);
  }

  CudaOptions withAutotune(boolean value) {
    return new CudaOptions(debug, graphs, lanes, precision, value, warmUpMilliseconds);
  }

  CudaOptions withPrecision(Precision value) {
    return new CudaOptions(debug, graphs, lanes, value, autotune, warmUpMilliseconds);
  }
}
