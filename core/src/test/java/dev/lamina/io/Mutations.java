package dev.lamina.io;

import dev.lamina.LaminaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Feeds damaged files to a reader, which may only read them or refuse them in its own words. */
public final class Mutations {
  private Mutations() {}

  /** How many of the damaged files were read, and how many refused. */
  public record Outcome(int read, int refused) {}

  /**
   * Damages the bytes again and again, with a fixed seed: flips, overwrites, cuts, repetitions and
   * insertions, one to four at once.
   */
  public static Outcome run(byte[] valid, Path file, int rounds, Consumer<Path> reader)
      throws IOException {
    SplittableRandom random = new SplittableRandom(20260101);
    int read = 0;
    int refused = 0;
    for (int round = 0; round < rounds; round++) {
      byte[] bytes = valid.clone();
      int changes = 1 + random.nextInt(4);
      for (int k = 0; k < changes; k++) {
        bytes = mutate(bytes, random);
      }
      // Some file systems flush a file that is overwritten, which takes milliseconds.
      Files.deleteIfExists(file);
      Files.write(file, bytes);
      try {
        reader.accept(file);
        read++;
      } catch (LaminaException e) {
        refused++;
        if (e.getMessage() == null || e.getMessage().isBlank()) {
          throw new AssertionError("no message for " + shown(bytes), e);
        }
      } catch (RuntimeException | Error e) {
        throw new AssertionError("round " + round + " with " + shown(bytes), e);
      }
    }
    return new Outcome(read, refused);
  }

  private static String shown(byte[] bytes) {
    return HexFormat.of().formatHex(Arrays.copyOf(bytes, Math.min(400, bytes.length)));
  }

  private static byte[] mutate(byte[] bytes, SplittableRandom random) {
    if (bytes.length == 0) {
      return new byte[] {(byte) random.nextInt(256)};
    }
    int at = random.nextInt(random.nextBoolean() ? bytes.length : Math.min(bytes.length, 64));
    byte[] result = bytes.clone();
    switch (random.nextInt(8)) {
      case 0 -> result[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> result[at] = (byte) random.nextInt(256);
      case 2 -> result[at] = pick(random);
      case 3 -> Arrays.fill(result, at, Math.min(bytes.length, at + 4), (byte) -random.nextInt(2));
      case 4 -> result = Arrays.copyOf(bytes, at);
      case 5 -> result = splice(bytes, at, 1 + random.nextInt(16), new byte[0]);
      case 6 -> {
        int from = random.nextInt(bytes.length);
        int to = Math.min(bytes.length, from + 1 + random.nextInt(64));
        result = splice(bytes, at, 0, Arrays.copyOfRange(bytes, from, to));
      }
      default -> result = splice(bytes, at, 0, new byte[] {pick(random)});
    }
    return result;
  }

  /** The bytes that mean something in text formats. */
  private static byte pick(SplittableRandom random) {
    byte[] special = "\"\\{}[],;:\t\r\n 09-+.eENnull\0\u007F".getBytes();
    return special[random.nextInt(special.length)];
  }

  private static byte[] splice(byte[] bytes, int at, int removed, byte[] inserted) {
    int rest = Math.min(bytes.length, at + removed);
    byte[] result = new byte[at + inserted.length + bytes.length - rest];
    System.arraycopy(bytes, 0, result, 0, at);
    System.arraycopy(inserted, 0, result, at, inserted.length);
    System.arraycopy(bytes, rest, result, at + inserted.length, bytes.length - rest);
    return result;
  }
}
