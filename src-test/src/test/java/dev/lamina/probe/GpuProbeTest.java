package dev.lamina.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.emulator.CudaEmulator;
import dev.lamina.io.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The probe's answers on the emulator, about which they are known. */
class GpuProbeTest {
  private CudaEmulator emulator;

  @BeforeEach
  void start() {
    emulator = CudaEmulator.orSkip();
    emulator.reset();
    emulator.enableBackend();
  }

  @AfterEach
  void end() {
    if (emulator == null) {
      return;
    }
    List<String> findings = emulator.findings();
    String live = emulator.live();
    emulator.reset();
    assertEquals(List.of(), findings);
    assertEquals("", live);
  }

  @Test
  void everyQuestionIsAnswered() {
    List<Map<String, Object>> lines = new ArrayList<>();
    GpuProbe.run(lines::add, "--small");
    for (Map<String, Object> line : lines) {
      assertFalse(line.containsKey("error"), line::toString);
      assertFalse(line.get("says").toString().isBlank(), line::toString);
      assertFalse(Json.compact(line).contains("\n"));
    }
    assertEquals(
        List.of(
            "memory",
            "loading",
            "epilogues",
            "relu",
            "gelu",
            "bias-gradient",
            "launch",
            "lanes",
            "priorities",
            "output-width",
            "ceilings"),
        lines.stream().map(line -> line.get("probe")).distinct().toList());
  }

  private static List<Map<String, Object>> ask(String question) {
    List<Map<String, Object>> lines = new ArrayList<>();
    GpuProbe.run(lines::add, "--small", question);
    return lines;
  }

  private static boolean says(List<Map<String, Object>> lines, String text) {
    return lines.stream().anyMatch(line -> line.get("says").toString().contains(text));
  }

  /** NaN becomes NaN or 0, which is what the emulator's library does at present. */
  @Test
  void whatReluMakesOfNumbersThatEnd() {
    String rest = ", 0.0, 0.0, 0.0, 0.5, Infinity, 0.0]";
    List<Map<String, Object>> lines = ask("relu");
    assertTrue(
        says(lines, "FP32 RELU_BIAS: [NaN, -0.0, 0.0, -1.0, 0.5, Infinity, -Infinity] becomes [")
            && says(lines, rest + " ("),
        lines::toString);
    assertTrue(says(lines, rest + ", mask 0000110"), lines::toString);
    assertTrue(says(lines, "DRELU: a NaN where the mask has no bit becomes [0.0]"));
    emulator.set("relu_mask_at_zero", true);
    assertTrue(says(ask("relu"), ", mask 1110110"));
  }

  @Test
  void whichBiasGradientsAreRight() {
    List<Map<String, Object>> lines = ask("bias-gradient");
    assertEquals(4 * 2, lines.size());
    for (Map<String, Object> line : lines) {
      for (String layout : List.of("nn", "nt", "tn", "tt")) {
        String found = line.get(layout).toString();
        assertTrue(found.matches("([1-9]\\d*) of \\1"), line::toString);
      }
    }
  }

  @Test
  void howExactGeluIs() {
    double exact = worst(ask("gelu"));
    emulator.set("gelu_is_coarse", true);
    double coarse = worst(ask("gelu"));
    assertTrue(exact < 1e-6 && coarse > 1e-5, exact + " and " + coarse);
  }

  private static double worst(List<Map<String, Object>> lines) {
    return lines.stream()
        .filter(line -> line.get("type").equals("FP32"))
        .mapToDouble(line -> (double) line.get("most"))
        .max()
        .orElseThrow();
  }

  @Test
  void whatCublasTakes() {
    assertTrue(says(ask("memory"), "cuBLAS handle 2: 33,554,432 bytes"));
  }

  @Test
  void whatPaddedOutputsWouldGain() {
    List<Map<String, Object>> lines = ask("output-width");
    assertEquals(
        List.of("TF32 12", "TF32 12", "BF16 16", "BF16 16"),
        lines.stream().map(line -> line.get("type") + " " + line.get("padded")).toList());
    for (Map<String, Object> line : lines) {
      for (String product : List.of("forward", "input_gradient", "weight_gradient")) {
        assertTrue((double) line.get(product) > 0, line::toString);
        assertTrue((double) line.get(product + "_padded") > 0, line::toString);
      }
    }
  }

  @Test
  void mistakesAndFailuresAreTold() {
    String message = assertThrows(LaminaException.class, () -> ask("nonsense")).getMessage();
    assertTrue(message.contains("nonsense: expected --small or some of memory, "), message);
    emulator.set("quiet", true);
    emulator.set("unsupported", "cublasLtMatmul");
    List<Map<String, Object>> lines = ask("launch");
    assertTrue(lines.getLast().get("error").toString().contains("NOT_SUPPORTED"), lines::toString);
    emulator.reset();
  }
}
