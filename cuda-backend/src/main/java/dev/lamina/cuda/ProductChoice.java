package dev.lamina.cuda;

import dev.lamina.cuda.lt.MatmulAlgorithm;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a product is computed.
 *
 * @param way which of the ways there are, from 0
 * @param algorithm cuBLASLt's, null for cuBLAS
 */
record ProductChoice(int way, MatmulAlgorithm algorithm) {
  private static final String SEPARATOR = ", ";
  private static final String NONE = "none";

  /** Choices as one line for a file. */
  static String text(List<ProductChoice> choices) {
    return choices.isEmpty()
        ? NONE
        : String.join(SEPARATOR, choices.stream().map(ProductChoice::text).toList());
  }

  private String text() {
    return algorithm == null
        ? "way " + way + " cublas"
        : "way " + way + " " + algorithm.workspaceBytes() + " " + algorithm;
  }

  /** Choices that were kept as text; empty if the text is none. */
  static Optional<List<ProductChoice>> parse(String text) {
    List<ProductChoice> choices = new ArrayList<>();
    if (!text.equals(NONE)) {
      for (String one : text.split(SEPARATOR, -1)) {
        ProductChoice choice = parseOne(one);
        if (choice == null) {
          return Optional.empty();
        }
        choices.add(choice);
      }
    }
    return Optional.of(List.copyOf(choices));
  }

  private static ProductChoice parseOne(String text) {
    String[] parts = text.split(" ", -1);
    if (parts.length < 3 || !parts[0].equals("way") || !parts[1].matches("[0-9]")) {
      return null;
    }
    int way = Integer.parseInt(parts[1]);
    if (parts.length == 3) {
      return parts[2].equals("cublas") ? new ProductChoice(way, null) : null;
    }
    try {
      return parts.length == 4
          ? new ProductChoice(way, MatmulAlgorithm.parse(parts[3], Long.parseLong(parts[2])))
          : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
