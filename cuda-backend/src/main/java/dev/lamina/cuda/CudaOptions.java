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
 * @param lanes over which streams independent calls are spread
 * @param precision how fp32 matrices are multiplied
 * @param autotune whether products are measured, or the first algorithm is taken
 * @param nvrtc whether formulas of which no kernel is shipped are compiled where NVRTC is found
 * @param warmUpMilliseconds how long an idle GPU is kept busy before products are measured
 */
record CudaOptions(
    boolean debug,
    boolean graphs,
    LaneOptions lanes,
    Precision precision,
    boolean autotune,
    boolean nvrtc,
    int warmUpMilliseconds) {
  /** System property for {@code debug}. */
  static final String DEBUG_PROPERTY = "lamina.cuda.debug";

  /** System property for {@code nvrtc}. */
  static final String NVRTC_PROPERTY = "lamina.cuda.nvrtc";

  /** System property for {@code warmUpMilliseconds}. */
  static final String WARM_UP_PROPERTY = "lamina.cuda.warmup";

  /** Environment variable for the same; the property goes first. */
  static final String WARM_UP_VARIABLE = "LAMINA_CUDA_WARMUP";

  /** An idle GPU reaches its clocks in about a tenth of a second. */
  private static final int WARM_UP = 200;

  private static final int LONGEST_WARM_UP = 60_000;

  static final CudaOptions DEFAULT =
      new CudaOptions(false, true, LaneOptions.DEFAULT, Precision.FP32, true, true, WARM_UP);

  /**
   * The options that the caller and the settings state.
   *
   * @throws LaminaException if a setting makes no sense
   */
  static CudaOptions of(BackendOptions options) {
    boolean debug = Boolean.getBoolean(DEBUG_PROPERTY);
    LaneOptions lanes = LaneOptions.ofProperties();
    return new CudaOptions(
        debug,
        !debug,
        debug ? lanes.withCount(1) : lanes,
        options.precision(),
        options.autotune(),
        mayCompile(),
        Environment.system()
            .setting(WARM_UP_PROPERTY, WARM_UP_VARIABLE)
            .map(CudaOptions::warmUp)
            .orElse(WARM_UP));
  }

  private static boolean mayCompile() {
    String value = System.getProperty(NVRTC_PROPERTY, "true");
    if (!value.equals("true") && !value.equals("false")) {
      throw new LaminaException(
          NVRTC_PROPERTY
              + " is '"
              + value
              + "'; expected true or false, whether NVRTC compiles formulas");
    }
    return Boolean.parseBoolean(value);
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
    return new CudaOptions(debug, graphs, lanes, precision, value, nvrtc, warmUpMilliseconds);
  }

  CudaOptions withPrecision(Precision value) {
    return new CudaOptions(debug, graphs, lanes, value, autotune, nvrtc, warmUpMilliseconds);
  }
}
