package dev.lamina.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.io.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command in processes of its own: exit codes, Ctrl-C, and kills at any moment. */
class InterruptionTest {
  private static final int KILLS = 5;
  private static final int MOST_MILLIS = 300;

  @TempDir Path work;

  @Test
  void exitCodesReachTheShell() throws Exception {
    assertEquals(0, Lamina.forked("--version").start().waitFor());
    Path errors = work.resolve("errors");
    Process wrong = Lamina.forked("train", "--epochs", 0).redirectError(errors.toFile()).start();
    assertEquals(2, wrong.waitFor());
    assertTrue(Files.readString(errors).contains("--epochs 0"), Files.readString(errors));
  }

  @Test
  void interruptingSavesTheBestModelSoFar() throws Exception {
    requireKill();
    Path model = work.resolve("model");
    Process process = endless(model).start();
    List<String> lines = new ArrayList<>();
    try (BufferedReader out = process.inputReader()) {
      readEpochs(out, lines, 3);
      send("INT", process);
      out.lines().forEach(lines::add);
    }
    assertEquals(130, process.waitFor(), lines::toString);
    assertTrue(errors().contains("stopping"), errors());
    Lamina output = new Lamina(130, String.join("\n", lines), "");
    JsonNode end = output.last();
    assertEquals("end", end.get("event").text());
    assertTrue(end.get("interrupted").flag());
    assertEquals(model.toString(), end.get("saved").text());
    long epochs = output.json().stream().filter(l -> l.get("event").text().equals("epoch")).count();
    assertEquals(epochs, end.get("epochs").whole());
    // The digits held out are not to be had again; any others show that the model works.
    Lamina.succeed("evaluate", "--model", model, "--data", "digits:200");
  }

  /** Too early for a model, perhaps: then the run says so. */
  @Test
  void interruptingAtTheVeryStartIsHeeded() throws Exception {
    requireKill();
    Path model = work.resolve("model");
    Process process = endless(model).start();
    try (BufferedReader out = process.inputReader()) {
      assertTrue(out.readLine().contains("\"event\":\"start\""));
      send("INT", process);
      out.lines().forEach(line -> {});
    }
    assertEquals(130, process.waitFor(), errors());
    if (Files.exists(model)) {
      Lamina.succeed("evaluate", "--model", model, "--data", "digits:50");
    } else {
      assertTrue(errors().contains("nothing was saved"), errors());
    }
  }

  /** Steps are not reported, so it takes some tries to hit the first epoch. */
  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 130"})
  void stoppingInTheFirstEpochSavesWhatWasLearned(String signal, int code) throws Exception {
    requireKill();
    Path model = work.resolve("model");
    for (long wait = 250; !Files.exists(model); wait *= 2) {
      Process process = start("digits:20000", "700,700", 0.2, "digits:20", model);
      List<String> lines = new ArrayList<>();
      try (BufferedReader out = process.inputReader()) {
        lines.add(out.readLine());
        Thread.sleep(wait);
        send(signal, process);
        out.lines().forEach(lines::add);
      }
      assertEquals(code, process.waitFor(), errors());
      if (Files.exists(model)) {
        JsonNode end = new Lamina(code, String.join("\n", lines), "").last();
        assertEquals("end", end.get("event").text());
        assertTrue(end.get("interrupted").flag());
        assertEquals(model.toString(), end.get("saved").text());
        assertEquals(1, end.get("epochs").whole());
        assertTrue(errors().contains("stopping; what the model has learned is"), errors());
      } else {
        assertTrue(errors().contains("nothing was saved"), errors());
      }
    }
    Lamina.succeed("evaluate", "--model", model, "--data", "digits:50");
  }

  /** It may last much longer than anybody waits, and the model is saved. */
  @Test
  void aTestUnderWayIsLeft() throws Exception {
    requireKill();
    Path model = work.resolve("model");
    Process process = start("digits:400", "2000,2000", 0, "digits:20000", model);
    List<String> lines = new ArrayList<>();
    try (BufferedReader out = process.inputReader()) {
      readEpochs(out, lines, 1);
      send("INT", process);
      out.lines().forEach(lines::add);
    }
    assertEquals(130, process.waitFor(), errors());
    JsonNode end = new Lamina(130, String.join("\n", lines), "").last();
    assertTrue(end.get("interrupted").flag(), end::toString);
    assertTrue(end.find("test_loss").isEmpty(), end::toString);
    assertEquals(model.toString(), end.get("saved").text());
    Lamina.succeed("evaluate", "--model", model, "--data", "digits:50");
  }

  private Process start(String data, String hidden, double held, String test, Path model)
      throws IOException {
    return Lamina.forked(
            "train",
            "--data",
            data,
            "--hidden",
            hidden,
            "--validation-split",
            held,
            "--test",
            test,
            "--batch-size",
            held == 0 ? 400 : 10,
            "--epochs",
            held == 0 ? 1 : 100,
            "--out",
            model,
            "--json")
        .redirectError(work.resolve("errors").toFile())
        .start();
  }

  private static void requireKill() {
    assumeTrue(
        ProcessHandle.current().supportsNormalTermination() && Files.exists(Path.of("/bin/kill")),
        "there is no kill command here to send signals with");
  }

  @Test
  void whatAKillLeavesCanBeLoaded() throws Exception {
    Path model = work.resolve("model");
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < KILLS; i++) {
      Process process = endless(model).start();
      try (BufferedReader out = process.inputReader()) {
        readEpochs(out, new ArrayList<>(), 1);
        Thread.sleep(random.nextInt(MOST_MILLIS));
        process.destroyForcibly().waitFor();
      }
      assertFalse(process.exitValue() == 0);
      Lamina.succeed("evaluate", "--model", model, "--data", "digits:50");
    }
  }

  /** Saves after every epoch, for without data held out the latest is the best. */
  private ProcessBuilder endless(Path model) {
    return Lamina.forked(
            "train",
            "--data",
            "digits:200",
            "--hidden",
            "600,400",
            "--batch-size",
            200,
            "--epochs",
            1_000_000,
            "--validation-split",
            0,
            "--learning-rate",
            1e-5,
            "--out",
            model,
            "--json")
        .redirectError(work.resolve("errors").toFile());
  }

  private String errors() {
    try {
      return Files.readString(work.resolve("errors"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void readEpochs(BufferedReader out, List<String> lines, int epochs) throws IOException {
    for (int seen = 0; seen < epochs; ) {
      String line = out.readLine();
      if (line == null) {
        throw new AssertionError("the run ended early: " + errors());
      }
      lines.add(line);
      seen += line.contains("\"event\":\"epoch\"") ? 1 : 0;
    }
  }

  private static void send(String signal, Process process) throws Exception {
    new ProcessBuilder("/bin/kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
  }
}
