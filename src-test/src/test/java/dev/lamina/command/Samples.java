package dev.lamina.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;

/** Small data files. */
final class Samples {
  private Samples() {}

  /** Two features x and y and the class: "up" where their sum is positive, else "down". */
  static Path classes(Path file, int lines) throws IOException {
    Random random = new Random(11);
    StringBuilder text = new StringBuilder("x,y,kind\n");
    for (int i = 0; i < lines; i++) {
      double x = random.nextGaussian();
      double y = random.nextGaussian();
      text.append(String.format(Locale.ROOT, "%.4f,%.4f,%s%n", x, y, x + y > 0 ? "up" : "down"));
    }
    return Files.writeString(file, text);
  }

  /** Three features of very different sizes and a price around 2000, linear in them. */
  static Path prices(Path file, int lines) throws IOException {
    Random random = new Random(12);
    StringBuilder text = new StringBuilder("area;rooms;year;price\n");
    for (int i = 0; i < lines; i++) {
      double a = random.nextGaussian();
      double b = random.nextGaussian();
      double c = random.nextGaussian();
      text.append(
          String.format(
              Locale.ROOT,
              "%.5f;%.5f;%.5f;%.4f%n",
              5000 + 1000 * a,
              0.01 * b,
              1990 + c,
              2000 + 300 * a - 100 * b + 50 * c));
    }
    return Files.writeString(file, text);
  }
}
