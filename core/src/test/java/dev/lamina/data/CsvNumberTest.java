package dev.lamina.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvNumberTest {
  @Test
  void givesTheNearestFloat() {
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < 300_000; i++) {
      String text =
          switch (i % 4) {
            case 0 -> Float.toString(Float.intBitsToFloat(random.nextInt() & 0xBF7FFFFF));
            case 1 ->
                String.format(
                    Locale.ROOT, "%." + random.nextInt(14) + "f", random.nextDouble(-1000, 1000));
            case 2 -> Integer.toString(random.nextInt());
            default -> random.nextInt(300) + "." + random.nextInt(1 << random.nextInt(1, 31));
          };
      assertEquals(Float.parseFloat(text), CsvNumber.parse(text), text);
    }
    for (String text : new String[] {"16777216", "16777217", "1677721.7", "0.0000000001", "-0"}) {
      assertEquals(Float.parseFloat(text), CsvNumber.parse(text), text);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "+1", "-1.", ".5", "1e5", "1E-05", "1.5e+3", "007"})
  void takesNumbers(String text) {
    assertTrue(CsvNumber.isNumber(text));
    assertEquals(Float.parseFloat(text), CsvNumber.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "+",
        ".",
        "-.",
        "e5",
        "1e",
        "1e+",
        "1f",
        "1d",
        "0x10",
        "1_000",
        "1 2",
        "NaN",
        "1,5",
        "--1",
        "1.2.3",
        "\u0661",
        "Infinity"
      })
  void leavesOtherText(String text) {
    assertFalse(CsvNumber.isNumber(text));
    assertTrue(Float.isNaN(CsvNumber.parse(text)));
    assertNull(CsvNumber.whole(text));
  }

  @Test
  void knowsWholeNumbers() {
    assertEquals("3", CsvNumber.whole("+3.0"));
    assertEquals("-30", CsvNumber.whole("-3e1"));
    assertEquals("0", CsvNumber.whole("-0"));
    assertNull(CsvNumber.whole("3.5"));
    assertNull(CsvNumber.whole("1e300"));
  }
}
