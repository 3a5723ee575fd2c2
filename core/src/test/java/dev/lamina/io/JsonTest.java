package dev.lamina.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {
  @TempDir Path folder;

  @Test
  void readsBackEveryTree() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 2000; i++) {
      Object tree = tree(random, 4);
      assertEquals(tree, Json.parse(Json.pretty(tree), "a").value());
      assertEquals(tree, Json.parse(Json.compact(tree), "a").value());
      byte[] utf8 = Json.compact(tree).getBytes(StandardCharsets.UTF_8);
      assertEquals(tree, Json.parse(utf8, "a").value());
    }
  }

  private static Object tree(SplittableRandom random, int depth) {
    return switch (random.nextInt(depth > 0 ? 8 : 6)) {
      case 0 -> random.nextLong();
      case 1 -> finite(random);
      case 2 -> text(random);
      case 3 -> random.nextBoolean();
      case 4 -> (double) Float.intBitsToFloat(random.nextInt() & 0xBF7FFFFF);
      case 5 -> null;
      case 6 -> {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
          list.add(tree(random, depth - 1));
        }
        yield list;
      }
      default -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
          map.put(text(random), tree(random, depth - 1));
        }
        yield map;
      }
    };
  }

  private static double finite(SplittableRandom random) {
    double x = Double.longBitsToDouble(random.nextLong());
    return Double.isFinite(x) ? x : -0.0;
  }

  /** Any characters at all but halves of pairs, which have no form in UTF-8. */
  private static String text(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      int c = random.nextBoolean() ? random.nextInt(128) : random.nextInt(0x110000);
      text.appendCodePoint(c >= 0xD800 && c < 0xE000 ? 'x' : c);
    }
    return text.toString();
  }

  @Test
  void keepsOrderAndIsReadable() {
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("zeta", 1);
    model.put("alpha", List.of(1.5, 2.0));
    model.put("layers", List.of(Map.of("type", "linear")));
    model.put("empty", List.of());
    assertEquals(
        """
        {
          "zeta": 1,
          "alpha": [1.5, 2.0],
          "layers": [
            {
              "type": "linear"
            }
          ],
          "empty": []
        }
        """,
        Json.pretty(model));
    assertEquals(
        "{\"zeta\":1,\"alpha\":[1.5,2.0],\"layers\":[{\"type\":\"linear\"}],\"empty\":[]}",
        Json.compact(model));
  }

  @Test
  void writesFloatsSoThatTheyComeBack() {
    float[] numbers = {0.1f, Float.MIN_VALUE, -3.4e38f};
    List<JsonNode> back = Json.parse(Json.compact(numbers), "a").elements();
    for (int i = 0; i < numbers.length; i++) {
      assertEquals(numbers[i], (float) back.get(i).number());
    }
    assertThrows(IllegalArgumentException.class, () -> Json.compact(Float.NaN));
    assertThrows(IllegalArgumentException.class, () -> Json.compact(new Object()));
    assertThrows(LaminaException.class, () -> Json.compact("half \uD800"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\": 1,\\n \"a\": 2}          | line 2 | Duplicate",
        "{\"a\": 1                        | line 1 | not JSON",
        "{\"a\": [1, 2,]}                 | line 1, column 13 | not JSON",
        "{\"a\": 1}\\n x                  | line 2 | x",
        "{} {}                            | line 1, column 4 | after the end",
        "{\"a\": 123456789012345678901}   | line 1, column 7 | beyond 64 bits",
        "{\"a\": 1e999}                   | line 1, column 7 | beyond a double",
        "{\"a\": NaN}                     | line 1 | NaN",
        "'' | f.json | empty",
      })
  void refusesWithLineAndColumn(String text, String place, String what) {
    LaminaException e =
        assertThrows(LaminaException.class, () -> Json.parse(text.replace("\\n", "\n"), "f.json"));
    assertTrue(e.getMessage().startsWith("f.json"), e.getMessage());
    assertTrue(e.getMessage().contains(place), e.getMessage());
    assertTrue(e.getMessage().contains(what), e.getMessage());
  }

  @Test
  void refusesDeepTreesAndOtherEncodings() {
    String deep = "[".repeat(5000) + "]".repeat(5000);
    assertThrows(LaminaException.class, () -> Json.parse(deep, "a"));
    byte[] latin1 = "\"\u00e9\"".getBytes(StandardCharsets.ISO_8859_1);
    assertThrows(LaminaException.class, () -> Json.parse(latin1, "a"));
    assertEquals("x", Json.parse("\uFEFF\"x\"".getBytes(StandardCharsets.UTF_8), "a").text());
  }

  @Test
  void wrongValuesNameTheirPlace() {
    JsonNode root =
        Json.parse("{\"layers\": [{\"size\": 5}, {\"size\": \"six\"}], \"on\": true}", "m.json");
    assertEquals(5, root.get("layers").elements().get(0).get("size").whole(1, 9));
    assertTrue(root.get("on").flag());
    assertTrue(root.find("off").isEmpty());
    JsonNode size = root.get("layers").elements().get(1).get("size");
    assertEquals(
        "m.json: layers[1].size: expected a whole number, found \"six\"",
        assertThrows(LaminaException.class, size::whole).getMessage());
    assertEquals(
        "m.json: layers[0]: \"bias\" is missing; there is 'size'",
        assertThrows(LaminaException.class, () -> root.get("layers").elements().get(0).get("bias"))
            .getMessage());
    assertThrows(LaminaException.class, root::elements);
    assertThrows(LaminaException.class, root::text);
    assertThrows(LaminaException.class, root::number);
    assertThrows(LaminaException.class, root::flag);
    assertThrows(LaminaException.class, () -> root.get("layers").members());
    assertThrows(
        LaminaException.class, () -> root.get("layers").elements().get(0).get("size").whole(6, 9));
  }

  @Test
  void missingFileIsNamed() {
    Path missing = folder.resolve("none.json");
    LaminaException e = assertThrows(LaminaException.class, () -> Json.read(missing));
    assertEquals(
        "cannot read " + missing + ": there is no such file; check the path", e.getMessage());
    LaminaException f = assertThrows(LaminaException.class, () -> Json.read(folder));
    assertTrue(f.getMessage().contains("it is a folder"), f.getMessage());
  }
}
