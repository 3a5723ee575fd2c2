package dev.lamina;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.data.Csv;
import dev.lamina.data.CsvOptions;
import dev.lamina.data.Dataset;
import dev.lamina.data.Schema;
import dev.lamina.io.Json;
import dev.lamina.io.JsonNode;
import dev.lamina.io.Safetensors;
import dev.lamina.io.SafetensorsFile;
import dev.lamina.io.TensorData;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a file holds, messages about it stay short and leave the terminal alone. */
class HostileTextTest {
  private static final int LONGEST_MESSAGE = 1500;
  private static final CsvOptions.Header PRESENT = CsvOptions.Header.PRESENT;

  @TempDir Path folder;

  /** Texts that a file may hold where a name or a number is expected. */
  private static List<String> texts() {
    return List.of(
        "\u001b]0;owned\u0007\u001b[2J\u009b31mx\u202e",
        "x\u001b".repeat(23_000),
        "9".repeat(46_000));
  }

  private void refused(Runnable action) {
    String message = assertThrows(LaminaException.class, action::run).getMessage();
    assertTrue(message.length() < LONGEST_MESSAGE, () -> message.length() + ": " + message);
    assertFalse(
        message.codePoints().anyMatch(c -> c != '\n' && c < ' ' || c >= 0x7f && c < 0xa0),
        () -> Quote.message(message));
  }

  private void csv(String text) {
    csv(text, CsvOptions.defaults());
  }

  private void csv(String text, CsvOptions options) {
    refused(() -> Csv.read(file(text), options));
  }

  private Path file(String text) {
    try {
      return Files.writeString(folder.resolve("file.csv"), text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @MethodSource("texts")
  void inCsvFiles(String foreign) {
    String names = foreign + "," + foreign + "b,c\n";
    csv(foreign + "," + foreign + ",c\n1,2,a\n2,1,b\n", CsvOptions.defaults().withHeader(PRESENT));
    csv(names + foreign + ",2,a\n", CsvOptions.defaults().withHeader(PRESENT));
    csv(names + "1,2," + foreign + "\n".repeat(2));
    csv(names + "1,2," + foreign + "\n3,4," + foreign + "\n");
    csv(names + "1,2," + foreign + "\n3,4,2.5\n3,4,nan\n");
    csv(names + "1,2,a\n2,1,b\n", CsvOptions.defaults().withTarget("9" + foreign));
    csv("\"" + foreign + "\n1,2,3\n");
    Schema schema =
        new Schema(2, List.of(foreign, "y"), List.of("t"), List.of(foreign, foreign + "2"), -1);
    refused(() -> Csv.read(file("x,y,t\n1,2,up\n"), CsvOptions.defaults(), schema));
    Schema known = new Schema(2, List.of("x", "y"), List.of("t"), List.of("a", foreign), -1);
    refused(() -> Csv.read(file("x,y,t\n1,2,z" + foreign + "\n"), CsvOptions.defaults(), known));
    Dataset named =
        Dataset.classification(new float[][] {{1, 2}, {2, 1}}, new int[] {0, 1}, known.classNames())
            .withFeatureNames(List.of(foreign, "b"));
    refused(() -> named.conform(known));
    refused(() ->
        named.conform(new Schema(2, List.of(), List.of("t"), List.of("a", "b"), Schema.LAST)));
    refused(() -> new Schema(2, List.of(foreign, foreign), List.of("t"), List.of(), -1));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void inJson(String foreign) {
    String quoted = Json.compact(foreign);
    JsonNode tree =
        Json.parse("{" + quoted + ":{" + quoted + ":" + quoted + "},\"list\":[1]}", "m.json");
    JsonNode inner = tree.get(foreign);
    refused(() -> tree.get("gone"));
    refused(() -> inner.get("gone"));
    refused(() -> inner.get(foreign).whole());
    refused(inner::text);
    refused(() -> Json.parse("{" + quoted + ":1," + quoted + ":2}", "m.json"));
    refused(() -> Json.parse("[" + foreign + "]", "m.json"));
    refused(() -> Json.parse("[tru" + foreign + "]", "m.json"));
    refused(() -> Json.compact(foreign + "\ud800"));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void inSafetensors(String foreign) {
    String quoted = Json.compact(foreign);
    String many = String.join(",", Collections.nCopies(20_000, "1"));
    String four = "\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]";
    header("{" + quoted + ":{" + four + "," + quoted + ":1}}");
    header("{" + quoted + ":{" + four.replace("F32", "F32" + quoted.replace("\"", "")) + "}}");
    header("{" + quoted + ":{" + four.replace("0,4", many) + "}}");
    header("{" + quoted + ":{" + four.replace("[1]", "[" + many + ",3]") + "}}");
    header("{" + quoted + ":{" + four.replace("[1]", "[" + many + ",-3]") + "}}");
    header("{" + quoted + ":{" + four.replace("0,4", "4,8") + "}}");
    Path good = written("{" + quoted + ":{" + four + "}}");
    try (SafetensorsFile file = Safetensors.open(good)) {
      refused(() -> file.read("gone"));
      refused(() -> file.read(foreign + "."));
    }
    refused(() ->
        new TensorData(foreign, TensorType.of(DType.FP32, 2), MemorySegment.ofArray(new byte[4])));
  }

  private void header(String json) {
    refused(() -> Safetensors.open(written(json)).close());
  }

  private Path written(String json) {
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(text.length).put(text);
    try {
      return Files.write(folder.resolve("m.safetensors"), bytes.array());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
