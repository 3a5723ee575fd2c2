package dev.lamina.benchmarks;

import dev.lamina.LaminaException;
import java.util.Arrays;

/** Extents in parameters: {@code 1024} or {@code 128x512x784}. */
final class Extents {
  private Extents() {}

  /**
   * Reads so many extents; a single number stands for all of them.
   *
   * @throws LaminaException if the text is something else
   */
  static int[] parse(String name, String text, int count) {
    if (text.matches("[1-9]\\d{0,8}(x[1-9]\\d{0,8})*")) {
      int[] extents = Arrays.stream(text.split("x")).mapToInt(Integer::parseInt).toArray();
      if (extents.length == count) {
        return extents;
      }
      if (extents.length == 1) {
        int[] all = new int[count];
        Arrays.fill(all, extents[0]);
        return all;
      }
    }
    throw new LaminaException(
        "parameter "
            + name
            + "="
            + text
            + ": expected one number or "
            + count
            + " of them, as in 64"
            + "x64".repeat(count - 1));
  }
}
