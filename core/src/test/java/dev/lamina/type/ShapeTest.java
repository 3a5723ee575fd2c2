package dev.lamina.type;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShapeTest {
  private static final long LARGEST = 1L << 40;

  @Test
  void countsItsElements() {
    assertEquals(1, Shape.of().size());
    assertEquals(24, Shape.of(2, 3, 4).size());
    assertEquals(LARGEST, Shape.of(1L << 20, 1, 1L << 20).size());
  }

  /** Among them products that are 0, 1 or 4096 in 64 bits. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-1",
        "-1,-1",
        "1099511627777",
        "1048576,1048577",
        "4294967296,4294967296",
        "4294967297,4294967297,4294967297",
        "1099511627776,68719476737,4096",
        "2,9223372036854775807"
      })
  void refusesWhatItCannotCount(String extents) {
    long[] wrong = Arrays.stream(extents.split(",")).mapToLong(Long::parseLong).toArray();
    assertThrows(ShapeException.class, () -> Shape.of(wrong));
  }
}
