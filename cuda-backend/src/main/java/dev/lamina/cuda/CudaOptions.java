package dev.lamina.cuda;

import dev.lamina.LaminaException;
import java.util.Locale;

/**
 * Settings of the CUDA backend that are not part of the engine's contract.
 *
 * @param debug whether to wait after each operation, so that an error names it; slow
 * @param graphs whether calls that run repeatedly are captured as a CUDA graph and replayed
 * @param lanes how many streams independent calls are spread over
 * @param precision how fp32 matrices are multiplied
 */
record CudaOptions(boolean debug, boolean graphs, int lanes, Precision precision) {
  /** How fp32 matrices are multiplied; sums are fp32 either way. */
  enum Precision {
    /** Exactly as fp32. */
    FP32,
    /** On tensor cores, operands rounded to TF32: 10 bits of mantissa instead of 23. */
    TF32
  }

  /** System property for {@code debug}. */
  static final String DEBUG_PROPERTY = "lamina.cuda.debug";

  /** System property for {@code precision}: {@code fp32} or {@code tf32}. */
  static final String PRECISION_PROPERTY = "lamina.cuda.precision";

  /** How many streams are worth it: a branch for weight gradients, one for updates, one spare. */
  static final int LANES = 4;

  static final CudaOptions DEFAULT = new CudaOptions(false, true, LANES, Precision.FP32);

  CudaOptions {
    if (lanes < 1) {
      throw new IllegalArgumentException("lanes " + lanes);
    }
  }

  /**
   * The options that the system properties state.
   *
   * @throws LaminaException if one has a value that does not exist
   */
  static CudaOptions fromProperties() {
    Precision precision = precision(System.getProperty(PRECISION_PROPERTY, "fp32"));
    boolean debug = Boolean.getBoolean(DEBUG_PROPERTY);
    return new CudaOptions(debug, !debug, debug ? 1 : LANES, precision);
  }

  private static Precision precision(String name) {
    for (Precision precision : Precision.values()) {
      if (precision.name().toLowerCase(Locale.ROOT).equals(name)) {
        return precision;
      }
    }
    throw new LaminaException(
        PRECISION_PROPERTY + "=" + name + ": expected fp32 or tf32; remove it for fp32");
  }
}
