package dev.lamina.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.LaminaException;
import dev.lamina.benchmarks.compare.Problem;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The amounts that rates stand on, worked out by hand. */
class WorkTest {
  private static Work work(String benchmark, Map<String, String> parameters) {
    return Row.work("dev.lamina.benchmarks." + benchmark, parameters);
  }

  @Test
  void products() {
    assertEquals(
        Work.flops(2.0 * 3 * 5 * 7),
        work("GemmBenchmark.product", Map.of("shape", "3x5x7", "transpose", "nt")));
    assertEquals(
        Work.flops(2e9), work("GemmBenchmark.product", Map.of("shape", "1000", "threads", "2")));
    assertEquals(Work.flops(16), work("CeilingProductBenchmark.product", Map.of("extent", "2")));
  }

  @Test
  void passesOverMemory() {
    Map<String, String> shape = Map.of("shape", "3x5", "precision", "fp32");
    assertEquals(Work.bytes(2 * 60), work("ActivationBenchmark.forward", shape));
    assertEquals(Work.bytes(3 * 60), work("ActivationBenchmark.backward", shape));
    assertEquals(Work.bytes(2 * 60), work("DropoutBenchmark.dropout", shape));
    assertEquals(Work.bytes(2 * 60), work("SoftmaxBenchmark.softmax", shape));
    assertEquals(Work.bytes(60 + 12), work("SoftmaxBenchmark.crossEntropy", shape));
    assertEquals(Work.bytes(120 + 12), work("SoftmaxBenchmark.crossEntropyWithGradient", shape));
    assertEquals(
        Work.bytes(2 * 120),
        work("DropoutBenchmark.dropout", Map.of("shape", "3x5", "precision", "fp64")));
    assertEquals(
        Work.bytes(2 * 784 * (1 + 4) + 2 * 4),
        work("GatherBenchmark.gather", Map.of("batch", "2", "storage", "uint8")));
  }

  @Test
  void optimizers() {
    Map<String, String> parameters = Map.of("parameters", "10", "precision", "fp32");
    assertEquals(Work.bytes(3 * 40), work("OptimizerBenchmark.sgd", parameters));
    assertEquals(Work.bytes(5 * 40), work("OptimizerBenchmark.sgdMomentum", parameters));
    assertEquals(Work.bytes(7 * 40), work("OptimizerBenchmark.adam", parameters));
    Map<String, String> copied = Map.of("parameters", "10", "precision", "bf16");
    assertEquals(Work.bytes(7 * 40 + 20), work("OptimizerBenchmark.adam", copied));
  }

  @Test
  void copies() {
    Map<String, String> bytes = Map.of("bytes", "100");
    assertEquals(new Work(100, Limit.UPLOAD), work("CopyBenchmark.hostToDevice", bytes));
    assertEquals(new Work(100, Limit.DOWNLOAD), work("CopyBenchmark.deviceToHost", bytes));
    assertEquals(Work.bytes(200), work("CopyBenchmark.deviceToDevice", bytes));
    assertEquals(Work.bytes(2 << 20), work("CeilingBenchmark.copy", Map.of("mebibytes", "1")));
  }

  @Test
  void steps() {
    assertEquals(
        Work.flops(Problem.parse("13-8-4:32").flops()),
        work("TrainingStepBenchmark.step", Map.of("network", "13-8-4:32")));
  }

  @Test
  void someDoNotSay() {
    assertNull(work("RandomBenchmark.philox", Map.of()));
  }

  @Test
  void mistakesAreNamed() {
    assertThrows(
        LaminaException.class, () -> work("GemmBenchmark.product", Map.of("shape", "3x5")));
    assertThrows(
        LaminaException.class, () -> work("GemmBenchmark.product", Map.of("nonsense", "1")));
    assertThrows(
        LaminaException.class,
        () -> work("DropoutBenchmark.dropout", Map.of("shape", "3", "precision", "int4")));
  }
}
