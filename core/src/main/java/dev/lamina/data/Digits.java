package dev.lamina.data;

import dev.lamina.LaminaException;
import dev.lamina.host.HostMemory;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An endless supply of drawn digits: grey images of 28 x 28 bytes in ten classes, each with its own
 * way of writing, size, turn, slant, place, pen and noise.
 *
 * <p>A sample is a pure function of seed, part and index: any number of threads on any machine draw
 * the same bytes, a longer supply starts with the shorter one, and the two parts share no sample.
 */
public final class Digits {
  /** The height and the width of an image. */
  public static final int SIDE = 28;

  private static final List<String> NAMES =
      IntStream.range(0, 10).mapToObj(Integer::toString).toList();
  private static final int BLOCK = 512;

  private Digits() {}

  /** The first n digits of the training part. */
  public static Dataset generate(int n, long seed) {
    return generate(Part.TRAIN, seed, 0, n);
  }

  /**
   * Digits {@code first} to {@code first + n − 1} of a part.
   *
   * @param first the index of the first, from 0
   */
  public static Dataset generate(Part part, long seed, long first, int n) {
    return generate(part, seed, first, n, Arena.ofAuto());
  }

  /** As {@link #generate(Part, long, long, int)}, in memory of an arena that threads share. */
  public static Dataset generate(Part part, long seed, long first, int n, Arena arena) {
    if (n < 1 || first < 0) {
      throw new LaminaException(
          "digits: "
              + n
              + " samples from index "
              + first
              + " asked for; expected at least one, from index 0 on");
    }
    int pixels = SIDE * SIDE;
    MemorySegment features = HostMemory.allocate(arena, (long) n * pixels, "digits");
    MemorySegment labels = HostMemory.allocate(arena, 4L * n, "digits");
    IntStream.range(0, (n - 1) / BLOCK + 1)
        .parallel()
        .forEach(block -> {
          DigitPainter painter = new DigitPainter();
          byte[] image = new byte[pixels];
          long end = Math.min(n, (block + 1L) * BLOCK);
          for (long i = (long) block * BLOCK; i < end; i++) {
            int digit = painter.paint(seed, part, first + i, image);
            MemorySegment.copy(image, 0, features, ValueLayout.JAVA_BYTE, i * pixels, pixels);
            labels.setAtIndex(ValueLayout.JAVA_INT, i, digit);
          }
        });
    return Dataset.of(
        Schema.classification(pixels, NAMES),
        TensorType.of(DType.UINT8, n, pixels),
        1.0 / 255,
        features,
        labels,
        "digits");
  }
}
