package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.BackendUnavailableException;
import dev.lamina.backend.Precision;
import dev.lamina.cpu.onednn.DnnlLibrary;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the backend starts in Java runtimes that lack one thing or another. */
final class StartTest {
  private static final String VECTOR = "--add-modules=jdk.incubator.vector";
  private static final String NATIVE = "--enable-native-access=ALL-UNNAMED";

  @TempDir Path temporary;

  private static List<String> classPath() {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Arrays.asList(path.split(File.pathSeparator));
  }

  private static Process start(List<String> options, List<String> classPath, String... program)
      throws IOException {
    return builder(options, classPath, program).start();
  }

  private static ProcessBuilder builder(
      List<String> options, List<String> classPath, String... program) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx256m");
    command.addAll(options);
    if (!classPath.isEmpty()) {
      command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath)));
    }
    command.addAll(program.length == 0 ? List.of(ForkedRun.class.getName()) : List.of(program));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeAll(List.of("LAMINA_CACHE", "XDG_CACHE_HOME"));
    return builder;
  }

  private static String outputOf(Process process) throws IOException, InterruptedException {
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    for (String dtype : List.of("FP32", "FP64")) {
      assertTrue(output.contains("sigmoid(10) " + dtype + " 0.999955"), output);
    }
    return output;
  }

  private String run(List<String> classPath, String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of(options));
    if (all.stream().noneMatch(o -> o.startsWith("-Dlamina.cache"))) {
      all.add("-Dlamina.cache=" + temporary.resolve("cache"));
    }
    return outputOf(start(all, classPath));
  }

  private static void needsOneDnn() {
    assumeTrue(DnnlLibrary.status().usable(), () -> DnnlLibrary.status().description());
  }

  @Test
  void withEverythingThereIsNothingToSay() throws Exception {
    needsOneDnn();
    assertFalse(run(classPath(), VECTOR, NATIVE).contains("note "));
  }

  @Test
  void withoutTheVectorModuleOneLineSaysWhatToAdd() throws Exception {
    needsOneDnn();
    String output = run(classPath(), NATIVE);
    assertEquals(1, output.lines().filter(line -> line.startsWith("note ")).count(), output);
    assertTrue(output.contains("--add-modules jdk.incubator.vector"), output);
  }

  @Test
  void withoutTheLibraryAndWithoutTheModuleEverythingWorks() throws Exception {
    List<String> withoutDnnl =
        classPath().stream().filter(entry -> !entry.contains("dnnl")).toList();
    String output = run(withoutDnnl);
    assertTrue(output.contains(DnnlLibrary.BUNDLE.artifact()), output);
    assertTrue(output.contains("--add-modules jdk.incubator.vector"), output);
  }

  @Test
  void deniedNativeAccessHasARemedy() throws Exception {
    needsOneDnn();
    String output = run(classPath(), VECTOR, "--illegal-native-access=deny");
    assertTrue(output.contains("--enable-native-access=ALL-UNNAMED"), output);
  }

  @Test
  void unmentionedNativeAccessDoesNotStopOneDnn() throws Exception {
    needsOneDnn();
    assertFalse(run(classPath(), VECTOR).contains("note "));
  }

  @Test
  void severalProcessesMayUnpackAtOnce() throws Exception {
    needsOneDnn();
    List<String> options = List.of(VECTOR, NATIVE, "-Dlamina.cache=" + temporary.resolve("fresh"));
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      processes.add(start(options, classPath()));
    }
    for (Process process : processes) {
      assertFalse(outputOf(process).contains("note "));
    }
    try (Stream<Path> files = Files.walk(temporary.resolve("fresh"))) {
      assertEquals(
          List.of("libdnnl.so.3", "libgomp.so.1", "lock", "verified"),
          files
              .filter(Files::isRegularFile)
              .map(file -> file.getFileName().toString())
              .sorted()
              .toList());
    }
  }

  @Test
  void aCacheThatCannotBeWrittenIsSaidAndWorkedAround() throws Exception {
    needsOneDnn();
    Path blocked = Files.writeString(temporary.resolve("blocked"), "a file");
    String output = run(classPath(), VECTOR, NATIVE, "-Dlamina.cache=" + blocked);
    assertTrue(output.contains("note the cache folder " + blocked), output);
  }

  /** As in a container whose user is not in /etc/passwd. */
  @Test
  void withoutAHomeNothingIsWrittenToTheWorkingFolder() throws Exception {
    needsOneDnn();
    Path work = Files.createDirectory(temporary.resolve("work"));
    String output =
        outputOf(
            builder(List.of(VECTOR, NATIVE, "-Duser.home=?"), classPath())
                .directory(work.toFile())
                .start());
    assertTrue(output.contains("note this user has no home folder, so every start"), output);
    try (Stream<Path> files = Files.list(work)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void aCacheThatNoFileCanBeCalledIsSaidAndWorkedAround() throws Exception {
    needsOneDnn();
    assumeTrue(System.getProperty("sun.jnu.encoding").equals("UTF-8"), "not in this locale");
    ProcessBuilder builder = builder(List.of(VECTOR, NATIVE), classPath());
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("LAMINA_CACHE", temporary.resolve("gr\u00fc\u00df").toString());
    String output = outputOf(builder.start());
    assertTrue(output.contains("no file can be called so in this locale"), output);
    assertEquals(1, output.lines().filter(line -> line.startsWith("note ")).count(), output);
  }

  @Test
  void worksOnTheModulePath() throws Exception {
    needsOneDnn();
    // Tests are not in the module, so they are patched into it.
    List<String> entries = classPath();
    String tests =
        entries.stream().filter(e -> e.endsWith("test-classes")).collect(Collectors.joining());
    String modules =
        entries.stream()
            .filter(e -> !e.endsWith("test-classes") && !e.contains("junit"))
            .collect(Collectors.joining(File.pathSeparator));
    List<String> options =
        List.of(
            "--module-path=" + modules,
            "--patch-module=dev.lamina.cpu=" + tests,
            "--enable-native-access=dev.lamina.cpu",
            "-Dlamina.cache=" + temporary.resolve("cache"));
    String output =
        outputOf(start(options, List.of(), "-m", "dev.lamina.cpu/" + ForkedRun.class.getName()));
    assertFalse(output.contains("note "), output);
  }

  @Test
  void aPrecisionThatTheCpuDoesNotHaveIsNoted() {
    BackendOptions options = BackendOptions.DEFAULT.withThreads(1);
    try (Backend plain = new CpuBackendProvider().open(options);
        Backend mixed = new CpuBackendProvider().open(options.withPrecision(Precision.BF16))) {
      List<String> notes = new ArrayList<>(plain.device().notes());
      notes.add("precision BF16 is for GPUs; the CPU computes in FP32");
      assertEquals(notes, mixed.device().notes());
    }
  }

  @Test
  void implementationsCanBeForcedAndWrongNamesAreRefused() {
    CpuBackendProvider provider = new CpuBackendProvider();
    BackendOptions options = BackendOptions.DEFAULT.withThreads(1);
    try {
      System.setProperty(CpuBackendProvider.GEMM_PROPERTY, "fast");
      LaminaException e = assertThrows(LaminaException.class, () -> provider.open(options));
      assertTrue(e.getMessage().contains("auto, onednn, vector, plain"), e.getMessage());
      for (String name : List.of("vector", "plain", "auto", "Plain", "")) {
        System.setProperty(CpuBackendProvider.GEMM_PROPERTY, name);
        provider.open(options).close();
      }
    } finally {
      System.clearProperty(CpuBackendProvider.GEMM_PROPERTY);
    }
    assertThrows(BackendUnavailableException.class, () -> provider.open(options.withIndex(1)));
  }
}
