package dev.lamina.benchmarks;

import dev.lamina.LaminaException;
import dev.lamina.backend.BackendOptions;
import dev.lamina.type.DType;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How numbers are stored and multiplied, as the parameter {@code precision} names it. */
enum Precision {
  /** Single precision throughout. */
  FP32(DType.FP32, dev.lamina.backend.Precision.FP32),
  /** Stored as single precision, multiplied by a GPU's tensor cores with 10 bits of mantissa. */
  TF32(DType.FP32, dev.lamina.backend.Precision.TF32),
  /** Weights and activations of 16 bits; parameters proper, losses and optimizers stay single. */
  BF16(DType.BF16, dev.lamina.backend.Precision.BF16),
  /** Double precision throughout. */
  FP64(DType.FP64, dev.lamina.backend.Precision.FP32);

  private static final String CPU = "cpu";

  private final DType dtype;
  private final dev.lamina.backend.Precision products;

  Precision(DType dtype, dev.lamina.backend.Precision products) {
    this.dtype = dtype;
    this.products = products;
  }

  /** The type of tensors. */
  DType dtype() {
    return dtype;
  }

  /**
   * How a device is opened for it.
   *
   * @throws LaminaException if the device does not have it and would compute in another one
   */
  BackendOptions optionsOf(String device) {
    if (products != dev.lamina.backend.Precision.FP32 && device.equals(CPU)) {
      throw new LaminaException("precision " + label() + ": the CPU does not have it; take fp32");
    }
    return BackendOptions.DEFAULT.withPrecision(products);
  }

  /**
   * The precision of that name.
   *
   * @throws LaminaException if there is none
   */
  static Precision of(String name) {
    return Arrays.stream(values())
        .filter(p -> p.label().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new LaminaException(
                "precision '"
                    + name
                    + "': no backend computes in it; expected one of "
                    + Arrays.stream(values())
                        .map(Precision::label)
                        .collect(Collectors.joining(", "))));
  }

  /**
   * The precision of that name if training steps have it.
   *
   * @throws LaminaException if they do not
   */
  static Precision ofStep(String name) {
    Precision precision = of(name);
    if (precision == FP64) {
      throw new LaminaException(
          "precision fp64: training steps are measured in fp32, tf32 and bf16");
    }
    return precision;
  }

  private String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
