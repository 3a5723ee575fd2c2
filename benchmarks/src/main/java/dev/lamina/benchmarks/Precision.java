package dev.lamina.benchmarks;

import dev.lamina.LaminaException;
import dev.lamina.type.DType;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How numbers are stored and multiplied, as the parameter {@code precision} names it. */
enum Precision {
  /** Single precision throughout. */
  FP32(DType.FP32),
  /** Double precision throughout. */
  FP64(DType.FP64);

  private final DType dtype;

  Precision(DType dtype) {
    this.dtype = dtype;
  }

  /** The type of tensors. */
  DType dtype() {
    return dtype;
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
                    + "': no backend computes in it; expected "
                    + Arrays.stream(values())
                        .map(Precision::label)
                        .collect(Collectors.joining(" or "))));
  }

  private String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
