package dev.lamina.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher where little is as in a user's shell: cron jobs, containers, narrow limits. */
class BareEnvironmentTest {
  @TempDir static Path work;
  private static Launcher launcher;

  @BeforeAll
  static void make() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no shell here");
    assumeTrue(
        System.getProperty("sun.jnu.encoding").equals("UTF-8"), "no file names beyond ASCII");
    launcher = Launcher.in(work.resolve("prüfung"));
    Path data = Samples.classes(work.resolve("dätä.csv"), 60);
    Files.writeString(data, Files.readString(data).replace("up", "größer"));
  }

  /** Starts in the test's folder with nothing in the environment but where Java is. */
  private static ProcessBuilder bare(List<String> starter, Object... arguments) {
    ProcessBuilder builder = launcher.command(starter, arguments).directory(work.toFile());
    String java = builder.environment().get("JAVA_HOME");
    builder.environment().clear();
    builder.environment().put("JAVA_HOME", java);
    return builder;
  }

  private static Lamina run(ProcessBuilder builder) throws Exception {
    return Lamina.finish(work, builder);
  }

  private static Lamina succeed(ProcessBuilder builder) throws Exception {
    Lamina result = run(builder);
    assertEquals(0, result.code(), result.err());
    return result;
  }

  /** One processor, and process 1 of its own namespace, as far as that is allowed here. */
  private static List<String> container() throws Exception {
    List<String> starter = new ArrayList<>();
    for (List<String> part :
        List.of(
            List.of("/usr/bin/taskset", "-c", "0"),
            List.of("/usr/bin/unshare", "--pid", "--fork", "--mount-proc"))) {
      List<String> probe = new ArrayList<>(starter);
      probe.addAll(part);
      probe.add("/bin/true");
      if (Files.exists(Path.of(part.getFirst()))
          && new ProcessBuilder(probe).start().waitFor() == 0) {
        starter.addAll(part);
      }
    }
    return starter;
  }

  @Test
  void worksInAContainer() throws Exception {
    List<String> container = container();
    Path model = work.resolve("mödell");
    String data = "csv:" + "dätä.csv";
    for (int run = 1; run <= 2; run++) {
      Object[] train = {"train", "--data", data, "--hidden", 8, "--epochs", 3, "--out", "mödell"};
      assertTrue(succeed(bare(container, train)).out().contains("saved to mödell"));
    }
    try (Stream<Path> files = Files.list(model)) {
      assertEquals(2, files.count());
    }
    Object[] predict = {"predict", "--model", "mödell", "--data", data};
    String predictions = succeed(bare(container, predict)).out();
    assertTrue(predictions.startsWith("class,p(down),p(größer)\n"), predictions);
    assertTrue(predictions.lines().skip(1).allMatch(l -> l.matches("(down|größer),[-0-9.E,]+")));
    Lamina devices = succeed(bare(container, "devices", "--json"));
    if (container.contains("/usr/bin/taskset")) {
      assertTrue(devices.out().contains("\"cores\":\"1\""), devices.out());
    }
  }

  @Test
  void startsWithNothingInTheEnvironment() throws Exception {
    ProcessBuilder builder = bare(List.of(), "--version");
    builder.environment().clear();
    Lamina result = run(builder);
    assertFalse(result.err().contains("not set"), result.err());
    // Without JAVA_HOME it may be that no Java is found.
    assertTrue(result.code() == 0 || result.err().startsWith("lamina: Java 25"), result.err());
  }

  @Test
  void aLocaleThatIsNotInstalledIsNone() throws Exception {
    ProcessBuilder builder =
        bare(List.of(), "train", "--data", "csv:dätä.csv", "--epochs", 1, "--out", "größe");
    builder.environment().put("LANG", "xx_YY.UTF-8");
    succeed(builder);
    assertTrue(Files.exists(work.resolve("größe/model.json")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "JAVA_TOOL_OPTIONS=-XX:+UseG1GC",
        "JDK_JAVA_OPTIONS=-XX:+UseParallelGC",
        "LAMINA_JAVA_OPTIONS=-XX:+UseZGC",
        "JAVA_TOOL_OPTIONS=-Xshare:off",
        "JAVA_TOOL_OPTIONS=-XX:SharedArchiveFile=none.jsa",
        "LAMINA_JAVA_OPTIONS=-XX:AOTMode=off"
      })
  void whatTheUserChoseForJavaGoesFirst(String setting) throws Exception {
    ProcessBuilder builder = bare(List.of(), "--version");
    int equals = setting.indexOf('=');
    builder.environment().put(setting.substring(0, equals), setting.substring(equals + 1));
    assertTrue(succeed(builder).out().startsWith("lamina "));
  }

  /** Java alone would reserve 1 GiB of addresses for classes, fail, and leave files of a crash. */
  @ParameterizedTest
  @ValueSource(ints = {1_100_000, 3_500_000})
  void fewAddressesSuffice(int kibibytes) throws Exception {
    Path folder = Files.createDirectory(work.resolve("limit-" + kibibytes));
    Lamina result =
        succeed(
            launcher
                .after(
                    "ulimit -v " + kibibytes + "; exec",
                    "train",
                    "--data",
                    "digits:200",
                    "--epochs",
                    1,
                    "--out",
                    "model")
                .directory(folder.toFile()));
    assertTrue(result.out().contains("saved to model"), result.out());
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(folder.resolve("model")), files.toList());
    }
  }

  @Test
  void tooFewAddressesAreSaid() throws Exception {
    Lamina result = run(launcher.after("ulimit -v 500000; exec", "devices"));
    assertEquals(2, result.code());
    assertTrue(result.err().contains("lamina: at most 500000 KiB of virtual"), result.err());
    assertTrue(result.err().contains("ulimit -v"), result.err());
  }

  @Test
  void moreThreadsThanTheSystemAllowsAreAMistake() throws Exception {
    ProcessBuilder builder =
        launcher.after(
            "ulimit -v 4000000; exec",
            "bench",
            "--layers",
            "8-4",
            "--device",
            "cpu",
            "--threads",
            999);
    builder.environment().put("LAMINA_JAVA_OPTIONS", "-XX:ThreadStackSize=65536");
    Lamina result = run(builder);
    assertEquals(2, result.code(), result.err());
    assertTrue(result.err().contains("999 threads are more than the system allows"), result.err());
  }

  @Test
  void closedStreamsHarmNobody() throws Exception {
    Lamina result = run(launcher.after("exec >&- <&-; exec", "devices"));
    assertEquals(2, result.code());
    assertTrue(result.err().contains("standard output is not complete"), result.err());
    String out = succeed(launcher.after("exec 2>&-; exec", "--version")).out();
    assertTrue(out.startsWith("lamina "), out);
  }

  @Test
  void whereNothingCanBeWrittenItWorksAndTellsWhatItCosts() throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "even root may not write there");
    ProcessBuilder builder = bare(List.of(), "bench", "--layers", "8-4", "--seconds", 0.1);
    builder.environment().put("LAMINA_CACHE", "/proc/lamina");
    Lamina result = succeed(builder.directory(Path.of("/proc").toFile()));
    assertTrue(result.err().contains("note: the cache folder /proc/lamina"), result.err());
    Lamina train =
        run(bare(List.of(), "train", "--data", "digits:60").directory(Path.of("/proc").toFile()));
    assertEquals(2, train.code(), train.err());
    assertTrue(train.err().contains("lamina: cannot create the folder runs/"), train.err());
    assertTrue(train.err().contains("--out names another"), train.err());
  }
}
