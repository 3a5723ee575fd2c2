package dev.lamina.formula;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** A golden value by mpmath; {@code formula_golden.py} made them. */
record Golden(String function, double x, double value, double slope) {
  static List<Golden> all() {
    try (InputStream stream = Golden.class.getResourceAsStream("golden.txt");
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      return reader.lines().map(Golden::of).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Golden of(String line) {
    String[] words = line.split(" ");
    return new Golden(
        words[0],
        Double.parseDouble(words[1]),
        Double.parseDouble(words[2]),
        Double.parseDouble(words[3]));
  }

  /** The function as an expression. */
  UnaryOperator<Expr> expression() {
    return switch (function) {
      case "relu" -> x -> Functions.RELU.of(x);
      case "gelu" -> x -> Functions.GELU.of(x);
      case "silu" -> x -> Functions.SILU.of(x);
      case "softplus" -> x -> Functions.SOFTPLUS.of(x);
      default -> {
        UnaryFunction f = UnaryFunction.valueOf(function.toUpperCase(Locale.ROOT));
        yield x -> x.owner().apply(f, x);
      }
    };
  }
}
