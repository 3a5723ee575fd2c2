package dev.lamina.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFolderTest {
  @TempDir Path folder;

  private static List<TensorData> tensors(float value) {
    return List.of(
        new TensorData(
            "0.bias", TensorType.of(DType.FP32, 1), MemorySegment.ofArray(new float[] {value})));
  }

  private static void holds(Path model, double number, float value) {
    try (ModelFolder saved = ModelFolder.open(model)) {
      assertEquals(number, saved.description().get("number").number());
      assertEquals(value, saved.tensors().read("0.bias").data().get(ValueLayout.JAVA_FLOAT, 0));
    }
  }

  @Test
  void createsFoldersAndHoldsTwoFiles() throws IOException {
    Path model = folder.resolve("a/b");
    ModelFolder.write(model, Map.of("number", 0.1), tensors(1));
    holds(model, 0.1, 1);
    ModelFolder.write(model, Map.of("number", 0.2), tensors(2));
    holds(model, 0.2, 2);
    try (var files = Files.list(model)) {
      assertEquals(
          List.of("model.json", "model.safetensors"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
    assertEquals("{\n  \"number\": 0.2\n}\n", Files.readString(model.resolve("model.json")));
  }

  @Test
  void theTensorsFileAloneIsTheModel() throws IOException {
    ModelFolder.write(folder, Map.of("number", 1), tensors(1));
    String old = Files.readString(folder.resolve("model.json"));
    ModelFolder.write(folder, Map.of("number", 2), tensors(2));
    Files.writeString(folder.resolve("model.json"), old);
    holds(folder, 2, 2);
    Files.writeString(folder.resolve("model.json"), "{ damaged");
    holds(folder, 2, 2);
    Files.delete(folder.resolve("model.json"));
    holds(folder, 2, 2);
  }

  @Test
  void foreignTensorsTakeTheDescriptionBesideThem() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Safetensors.write(file, tensors(3), Map.of("format", "pt"));
    LaminaException e = assertThrows(LaminaException.class, () -> ModelFolder.open(folder));
    assertTrue(e.getMessage().contains("there is no model.json beside it"), e.getMessage());
    Files.writeString(folder.resolve("model.json"), "{\"number\": 3}");
    holds(folder, 3, 3);
  }

  @Test
  void saysWhatIsMissingOrInTheWay() throws IOException {
    refused(() -> ModelFolder.open(folder), folder + ": no model here");
    refused(() -> ModelFolder.open(folder.resolve("none")), "there is no such folder");
    Path plain = Files.writeString(folder.resolve("plain"), "x");
    refused(() -> ModelFolder.write(plain, Map.of(), tensors(1)), "is a file");
    refused(() -> ModelFolder.write(plain.resolve("sub"), Map.of(), tensors(1)), "is a file");
    assertEquals("x", Files.readString(plain));
  }

  @Test
  void whatCouldNotBeReadAgainIsNotWritten() throws IOException {
    ModelFolder.write(folder, Map.of("number", 1), tensors(1));
    Map<String, Object> long16 = Map.of("names", List.of("n".repeat(16 << 20)));
    refused(() -> ModelFolder.write(folder, long16, tensors(2)), "16777236 bytes");
    refused(() -> ModelFolder.checkDescription(long16), "fewer features or classes");
    holds(folder, 1, 1);
    // Each quote takes two bytes as a string of JSON, and four as a string within a string.
    Map<String, Object> quotes = Map.of("number", 2, "names", List.of("\"".repeat(7 << 20)));
    ModelFolder.write(folder, quotes, tensors(2));
    holds(folder, 2, 2);
  }

  @Test
  void damagedDescriptionsAreNamed() {
    Safetensors.write(
        folder.resolve("model.safetensors"), tensors(1), Map.of("lamina", "{\"a\":}"));
    refused(() -> ModelFolder.open(folder), "model.safetensors: metadata 'lamina', line 1");
  }

  private static void refused(Runnable action, String part) {
    LaminaException e = assertThrows(LaminaException.class, action::run);
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }
}
