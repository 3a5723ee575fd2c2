package dev.lamina.cuda;

import dev.lamina.cuda.lt.MatmulAlgorithm;
import java.util.Optional;

/**
 * How a product is computed.
 *
 * @param way by which library, and how much of it at once
 * @param algorithm cuBLASLt's, null for cuBLAS
 */
record ProductChoice(Way way, MatmulAlgorithm algorithm) {
  /** By which library, and how much of it at once. */
  enum Way {
    /** By cuBLAS; what follows the product by a kernel. */
    CUBLAS,
    /** By cuBLASLt; what follows the product by a kernel. */
    PLAIN,
    /** By cuBLASLt with its epilogue. */
    FUSED
  }

  static final ProductChoice CUBLAS = new ProductChoice(Way.CUBLAS, null);

  /** One line for a file. */
  String text() {
    return algorithm == null
        ? way.name()
        : way + " " + algorithm.workspaceBytes() + " " + algorithm;
  }

  /** A choice that was kept as text; empty if the text is none. */
  static Optional<ProductChoice> parse(String text) {
    String[] parts = text.split(" ", -1);
    try {
      Way way = Way.valueOf(parts[0]);
      if (way == Way.CUBLAS) {
        return parts.length == 1 ? Optional.of(CUBLAS) : Optional.empty();
      }
      return parts.length == 3
          ? Optional.of(
              new ProductChoice(way, MatmulAlgorithm.parse(parts[2], Long.parseLong(parts[1]))))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
