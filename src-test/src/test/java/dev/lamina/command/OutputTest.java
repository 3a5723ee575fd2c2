package dev.lamina.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where output goes: nothing is lost in silence, and nothing but files is replaced. */
class OutputTest {
  private static final File FULL = new File("/dev/full");

  @TempDir static Path work;
  private static String predictions;

  @BeforeAll
  static void train() throws IOException {
    StringBuilder text = new StringBuilder("x,y,kind\n");
    for (int i = 0; i < 40; i++) {
      text.append(i % 7).append(',').append(i % 5).append(i % 2 == 0 ? ",ä\n" : ",b\n");
    }
    Files.writeString(work.resolve("data.csv"), text);
    Lamina.succeed(
        "train", "--data", data(), "--hidden", 4, "--epochs", 1, "--out", work.resolve("model"));
    predictions = Lamina.succeed(predict()).out();
    assertTrue(predictions.startsWith("class,p(b),p(ä)\n"), predictions);
  }

  private static String data() {
    return "csv:" + work.resolve("data.csv");
  }

  private static Object[] predict(Object... more) {
    Object[] all = {"predict", "--model", work.resolve("model"), "--data", data()};
    return Stream.concat(Arrays.stream(all), Arrays.stream(more)).toArray();
  }

  private static ProcessBuilder forked(String typed) {
    return Lamina.forked((Object[]) typed.replace("@", work.toString()).split(" "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "predict --model @/model --data csv:@/data.csv",
        "evaluate --model @/model --data csv:@/data.csv",
        "train --data csv:@/data.csv --hidden 4 --epochs 2 --json --out @/full",
        "devices",
        "train --help"
      })
  void whatIsLostIsAnError(String typed) throws Exception {
    assumeTrue(FULL.exists(), "there is no /dev/full here");
    Lamina result = Lamina.finish(work, forked(typed).redirectOutput(Redirect.appendTo(FULL)));
    assertEquals(2, result.code(), result.err());
    List<String> said = result.err().lines().filter(l -> l.startsWith("lamina: ")).toList();
    assertEquals(1, said.size(), result.err());
    assertTrue(said.getFirst().startsWith("lamina: standard output is not complete: No space"));
    assertFalse(result.err().contains("Exception"), result.err());
    if (typed.startsWith("train --data")) {
      Lamina.succeed("evaluate", "--model", work.resolve("full"), "--data", data());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "predict --model @/model --data csv:@/data.csv",
        "train --data csv:@/data.csv --hidden 4 --epochs 3 --json --out @/piped"
      })
  void aReaderThatHasEnoughIsNoError(String typed) throws Exception {
    File errors = work.resolve("errors").toFile();
    Process process = forked(typed).redirectError(errors).start();
    process.getInputStream().close();
    assertEquals(141, process.waitFor());
    assertFalse(Files.readString(errors.toPath()).contains("lamina: "));
    if (typed.startsWith("train")) {
      Lamina.succeed("evaluate", "--model", work.resolve("piped"), "--data", data());
    }
  }

  @Test
  void dataAreUtf8InEveryLocale() throws Exception {
    ProcessBuilder builder = Lamina.forked(predict());
    builder.environment().put("LC_ALL", "C");
    assertEquals(predictions, Lamina.finish(work, builder).out());
    builder = forked("evaluate --model @/model --data csv:@/data.csv --json");
    builder.environment().put("LC_ALL", "C");
    assertEquals(0, Lamina.finish(work, builder).code());
  }

  @Test
  void aNameThatNoFileCanHaveIsAMistake() throws Exception {
    assumeTrue(System.getProperty("sun.jnu.encoding").equals("UTF-8"), "not in this locale");
    Map<String, String> ascii = Map.of("LC_ALL", "C");
    Path model = work.resolve("model");
    for (Object[] typed :
        List.of(
            new Object[] {"evaluate", "--model", model, "--data", "csv:dätä.csv"},
            new Object[] {"evaluate", "--model", "mödell", "--data", data()},
            new Object[] {"train", "--data", data(), "--out", "größe"})) {
      Lamina result = Lamina.fork(work, ascii, typed);
      assertEquals(2, result.code(), result.err());
      assertTrue(result.err().contains("set the environment variable LC_ALL"), result.err());
      assertFalse(result.err().contains("Exception"), result.err());
    }
  }

  @Test
  void aPipeIsWrittenIntoAndStays() throws Exception {
    assumeTrue(Files.exists(Path.of("/usr/bin/mkfifo")), "there is no mkfifo here");
    Path pipe = work.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    Process reader = new ProcessBuilder("cat", pipe.toString()).start();
    try {
      Lamina result = Lamina.succeed(predict("--out", pipe));
      assertTrue(result.err().contains("40 predictions written to " + pipe), result.err());
      assertTrue(Files.readAttributes(pipe, BasicFileAttributes.class).isOther());
      byte[] read = reader.getInputStream().readAllBytes();
      assertEquals(predictions, new String(read, StandardCharsets.UTF_8));
    } finally {
      reader.destroyForcibly();
    }
  }

  @Test
  void theNameOfStandardOutputIsStandardOutput() throws Exception {
    assumeTrue(Files.exists(Path.of("/dev/stdout")), "there is no /dev/stdout here");
    Path file = Files.writeString(work.resolve("appended.csv"), "kept\n");
    ProcessBuilder builder =
        Lamina.forked(predict("--out", "/dev/stdout"))
            .redirectOutput(Redirect.appendTo(file.toFile()));
    assertEquals(0, Lamina.finish(work, builder).code());
    assertEquals("kept\n" + predictions, Files.readString(file));
  }

  /** With a node of our own: whoever replaces the machine's devices replaces them for all. */
  @Test
  void aDeviceIsWrittenIntoAndStays() throws Exception {
    Path full = work.resolve("full-device");
    assumeTrue(
        Files.exists(Path.of("/usr/bin/mknod"))
            && new ProcessBuilder("mknod", full.toString(), "c", "1", "7").start().waitFor() == 0,
        "only root can make devices");
    Lamina result = Lamina.run(predict("--out", full));
    assertEquals(2, result.code());
    assertTrue(result.err().contains("cannot write " + full + ": No space left"), result.err());
    assertTrue(Files.readAttributes(full, BasicFileAttributes.class).isOther());
  }
}
