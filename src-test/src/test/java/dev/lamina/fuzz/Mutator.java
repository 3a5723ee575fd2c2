package dev.lamina.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Damages files: one to six changes of bits, bytes, words, numbers and whole passages. */
final class Mutator {
  /** What means something in some format. */
  private static final List<byte[]> WORDS =
      words(
          "\"",
          "\\",
          "{",
          "}",
          "[",
          "]",
          ",",
          ";",
          ":",
          "\t",
          "\r",
          "\n",
          " ",
          ".",
          "-",
          "+",
          "e",
          "0",
          "9",
          "null",
          "true",
          "NaN",
          "NA",
          "inf",
          "-1",
          "1e999",
          "3x",
          "''",
          "\"\"",
          "\\u0000",
          "\u00e4",
          "\ufeff",
          "4294967296",
          "9223372036854775807",
          "-9223372036854775808",
          "[[[[",
          "{\"a\":",
          "\u0000",
          "\u001b[2J",
          "2147483648",
          "Linear",
          "Sequential",
          "FP64",
          "F16",
          "BF16",
          "I64",
          "class_names",
          "target_names");

  private static final long[] NUMBERS = {
    0,
    1,
    2,
    -1,
    127,
    255,
    256,
    32767,
    65535,
    65536,
    1 << 24,
    Integer.MAX_VALUE,
    1L << 31,
    1L << 32,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private final List<byte[]> seeds;

  /** For damaging copies of these good files. */
  Mutator(List<byte[]> seeds) {
    this.seeds = seeds;
  }

  private static List<byte[]> words(String... texts) {
    return Arrays.stream(texts).map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
  }

  /** A damaged file: a pure function of the number. */
  byte[] damaged(long number) {
    SplittableRandom random = new SplittableRandom(number);
    byte[] bytes = seeds.get(random.nextInt(seeds.size()));
    int changes = 1 + random.nextInt(random.nextInt(8) == 0 ? 6 : 2);
    for (int i = 0; i < changes; i++) {
      bytes = changed(bytes, random);
    }
    return bytes;
  }

  private byte[] changed(byte[] bytes, SplittableRandom random) {
    if (bytes.length == 0) {
      return WORDS.get(random.nextInt(WORDS.size()));
    }
    // The beginning means most in most formats.
    int at = random.nextInt(random.nextBoolean() ? bytes.length : Math.min(bytes.length, 64));
    return switch (random.nextInt(12)) {
      case 0 -> spliced(bytes, at, 1, new byte[] {(byte) (bytes[at] ^ 1 << random.nextInt(8))});
      case 1 -> spliced(bytes, at, 1, new byte[] {(byte) random.nextInt(256)});
      case 2 -> spliced(bytes, at, 1, word(random));
      case 3 -> spliced(bytes, at, 0, word(random));
      case 4 -> spliced(bytes, at, 4, filled(4, (byte) -random.nextInt(2)));
      case 5 -> Arrays.copyOf(bytes, at);
      case 6 -> spliced(bytes, at, 1 + random.nextInt(16), new byte[0]);
      case 7 -> spliced(bytes, at, 0, passage(bytes, 64, random));
      case 8 -> spliced(bytes, at, random.nextInt(64), passage(other(random), 64, random));
      case 9 -> number(bytes, at, random);
      case 10 -> digit(bytes, at, random);
      default -> join(bytes, passage(other(random), 40, random));
    };
  }

  private byte[] other(SplittableRandom random) {
    return seeds.get(random.nextInt(seeds.size()));
  }

  private static byte[] word(SplittableRandom random) {
    return WORDS.get(random.nextInt(WORDS.size()));
  }

  private static byte[] filled(int length, byte value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, value);
    return bytes;
  }

  private static byte[] passage(byte[] bytes, int longest, SplittableRandom random) {
    int from = random.nextInt(bytes.length);
    return Arrays.copyOfRange(
        bytes, from, Math.min(bytes.length, from + 1 + random.nextInt(longest)));
  }

  /** Writes a number that is special in some width, in either order of bytes. */
  private static byte[] number(byte[] bytes, int at, SplittableRandom random) {
    int width = 1 << random.nextInt(4);
    long value = NUMBERS[random.nextInt(NUMBERS.length)];
    boolean big = random.nextBoolean();
    byte[] written = new byte[width];
    for (int i = 0; i < width; i++) {
      written[i] = (byte) (value >>> 8 * (big ? width - 1 - i : i));
    }
    return spliced(bytes, at, width, written);
  }

  /** Changes the next digit of a text. */
  private static byte[] digit(byte[] bytes, int at, SplittableRandom random) {
    int i = at;
    while (i < bytes.length && (bytes[i] < '0' || bytes[i] > '9')) {
      i++;
    }
    return i == bytes.length
        ? Arrays.copyOf(bytes, at)
        : spliced(bytes, i, 1, new byte[] {(byte) ('0' + random.nextInt(10))});
  }

  private static byte[] join(byte[] some, byte[] more) {
    return spliced(some, some.length, 0, more);
  }

  private static byte[] spliced(byte[] bytes, int at, int removed, byte[] inserted) {
    int rest = Math.min(bytes.length, at + removed);
    byte[] result = new byte[at + inserted.length + bytes.length - rest];
    System.arraycopy(bytes, 0, result, 0, at);
    System.arraycopy(inserted, 0, result, at, inserted.length);
    System.arraycopy(bytes, rest, result, at + inserted.length, bytes.length - rest);
    return result;
  }
}
