package dev.lamina.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.io.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real MNIST, where the environment variable LAMINA_MNIST or the system property {@code
 * lamina.mnist} names the folder of its four files.
 */
class MnistTest {
  @TempDir Path work;

  @Test
  void anEpochTeachesMostOfIt() {
    String folder = System.getProperty("lamina.mnist", System.getenv("LAMINA_MNIST"));
    if (folder == null || folder.isBlank()) {
      System.out.println("MnistTest skipped: LAMINA_MNIST names no folder with the files of MNIST");
    }
    assumeTrue(folder != null && !folder.isBlank(), "LAMINA_MNIST names no folder");
    String source = "idx:" + folder;
    Path model = work.resolve("model");
    JsonNode end =
        Lamina.succeed(
                "train",
                "--data",
                source,
                "--test",
                source,
                "--hidden",
                128,
                "--epochs",
                1,
                "--out",
                model,
                "--json")
            .last();
    assertEquals(54_000, end.get("samples").whole());
    assertEquals(10_000, end.get("test_samples").whole());
    assertTrue(end.get("test_accuracy").number() > 0.9, end.value()::toString);
    JsonNode again =
        Lamina.succeed("evaluate", "--model", model, "--data", source, "--json").last();
    assertEquals(end.get("test_accuracy").number(), again.get("accuracy").number());
    assertEquals(end.get("test_loss").number(), again.get("loss").number());
  }
}
