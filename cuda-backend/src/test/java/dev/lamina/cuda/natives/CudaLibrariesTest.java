package dev.lamina.cuda.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Loads stub libraries under the real JCuda, each time in a JVM of its own. */
class CudaLibrariesTest {
  @TempDir private Path root;
  private Path libraries;
  private Path cache;
  private Path temporary;

  @BeforeEach
  void makeFolders() throws IOException {
    StubLibraries.assumeGcc();
    libraries = root.resolve("libraries");
    cache = root.resolve("cache");
    temporary = Files.createDirectory(root.resolve("temporary"));
  }

  @ParameterizedTest(name = "cuBLAS {0}, symbol versions {1}")
  @CsvSource({"12,true", "12,false", "13,true", "13,false"})
  void loadsAndCallsJCuda(int major, boolean versioned) throws Exception {
    StubLibraries.driver(libraries, 13000, 0, 2, "");
    StubLibraries.cublas(libraries, major, versioned, "");
    List<String> lines = start().lines();
    assertContains(lines, "major " + major + " version " + major + ".6.5");
    assertContains(lines, "create 0 " + 0x1234);
    assertContains(lines, "get 0 " + major * 10000);
    assertContains(lines, "driver 0 13000");
    assertContains(lines, "again true");
    assertContains(lines, "temporary kept true");
    assertContains(lines, "step driver: offers 2 GPUs");
    List<String> mapped = lines.stream().filter(l -> l.startsWith("mapped ")).toList();
    assertEquals(5, mapped.size(), () -> String.join("\n", lines));
    for (String line : mapped) {
      boolean jcuda = line.contains("libJC");
      Path folder = (jcuda ? cache : libraries).toRealPath();
      assertTrue(line.startsWith("mapped " + folder), line);
      assertTrue(!jcuda || line.contains("-cublas" + major + "-"), line);
    }
    assertEmpty(temporary);
  }

  @Test
  void prefersCuda13() throws Exception {
    StubLibraries.driver(libraries, 13000, 0, 1, "");
    StubLibraries.cublas(libraries, 13, true, "");
    StubLibraries.cublas(libraries, 12, true, "");
    assertContains(start().lines(), "major 13 version 13.6.5");
  }

  @Test
  void takesCuda12IfCuda13LacksAFunction() throws Exception {
    StubLibraries.driver(libraries, 13000, 0, 1, "");
    StubLibraries.cublas(libraries, 13, true, "cublasGemmEx");
    StubLibraries.cublas(libraries, 12, true, "");
    List<String> lines = start().lines();
    assertContains(lines, "major 12 version 12.6.5");
    assertContains(lines, "get 0 120000");
    assertContains(
        lines,
        "step lamina.cuda.libraries: "
            + libraries.resolve("libcublas.so.13")
            + ": lacks functions: cublasGemmEx");
  }

  @Test
  void saysThatAFunctionIsMissing() throws Exception {
    StubLibraries.driver(libraries, 13000, 0, 1, "");
    StubLibraries.cublas(libraries, 13, false, "cublasSgemm_v2");
    List<String> lines = start().lines();
    assertContains(
        lines,
        "step lamina.cuda.libraries: "
            + libraries.resolve("libcublas.so.13")
            + ": lacks functions: cublasSgemm_v2");
    assertUnavailable(lines, "has no cuBLAS that can be used");
  }

  @Test
  void leavesCuda13ToNewDrivers() throws Exception {
    StubLibraries.driver(libraries, 12080, 0, 1, "");
    StubLibraries.cublas(libraries, 13, true, "");
    List<String> lines = start().lines();
    assertContains(lines, "step cuBLAS 13: not considered: the driver supports CUDA up to 12.8");
    assertUnavailable(lines, "expected libcublas.so.12 with cuBLASLt beside it");
  }

  @Test
  void refusesAnOldDriver() throws Exception {
    StubLibraries.driver(libraries, 11080, 0, 1, "");
    assertUnavailable(
        start().lines(), "the NVIDIA driver supports CUDA up to 11.8, expected at least 12.0");
  }

  @Test
  void refusesADriverThatLacksAFunction() throws Exception {
    StubLibraries.driver(libraries, 12000, 0, 1, "cuGraphLaunch");
    assertUnavailable(start().lines(), "libcuda.so.1 lacks functions: cuGraphLaunch");
  }

  @Test
  void reportsWhatCuInitAnswers() throws Exception {
    StubLibraries.driver(libraries, 12000, 100, 1, "");
    assertUnavailable(start().lines(), "cuInit answered CUDA_ERROR_NO_DEVICE (100)");
    StubLibraries.driver(libraries, 12000, 803, 1, "");
    assertUnavailable(start().lines(), "cuInit answered error 803. The driver was updated");
  }

  @Test
  void refusesADriverWithoutGpus() throws Exception {
    StubLibraries.driver(libraries, 12000, 0, 0, "");
    assertUnavailable(start().lines(), "the NVIDIA driver offers no GPU");
  }

  @Test
  void goesOnAfterADamagedLibrary() throws Exception {
    StubLibraries.driver(libraries, 13000, 0, 1, "");
    StubLibraries.cublas(libraries, 12, true, "");
    StubLibraries.cublas(libraries, 13, true, "");
    Path damaged = libraries.resolve("libcublas.so.13");
    byte[] bytes = Files.readAllBytes(damaged);
    Files.write(damaged, Arrays.copyOf(bytes, bytes.length / 3));
    List<String> lines = start().lines();
    assertContains(lines, "major 12 version 12.6.5");
    assertTrue(lines.stream().anyMatch(l -> l.contains("is cut off")), lines::toString);
  }

  @Test
  void tellsWhyTheLoaderRefusesALibrary() throws Exception {
    StubLibraries.driver(libraries, 13000, 0, 1, "");
    StubLibraries.cublas(libraries, 13, true, "");
    StubLibraries.needy(libraries, "libcublasLt.so.13", "libabsent.so.7");
    assertContains(
        start().lines(),
        "step lamina.cuda.libraries: "
            + libraries.resolve("libcublasLt.so.13")
            + ": cannot be loaded: libabsent.so.7: cannot open shared object file: No such file or"
            + " directory");
  }

  @Test
  void loadsNothingFromTheSharedTemporaryFolder() throws Exception {
    StubLibraries.driver(libraries, 13000, 0, 1, "");
    StubLibraries.cublas(libraries, 12, true, "");
    Path marker = root.resolve("intruded");
    StubLibraries.intruder(temporary, JCudaNatives.driverName(), marker);
    StubLibraries.intruder(temporary, JCudaNatives.cublasName(), marker);
    assertContains(start().lines(), "get 0 120000");
    assertFalse(Files.exists(marker), "a planted library was loaded");

    // JCuda by itself does load it: so the test above can fail.
    ForkedJvm.start(LoadProbe.class, List.of("-Djava.io.tmpdir=" + temporary), "jcuda").lines();
    assertTrue(Files.exists(marker), "the planted library does not work");
  }

  @Test
  void mendsATamperedCache() throws Exception {
    StubLibraries.driver(libraries, 13000, 0, 1, "");
    StubLibraries.cublas(libraries, 13, true, "");
    assertContains(start().lines(), "get 0 130000");
    try (Stream<Path> files = Files.walk(cache)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.write(file, new byte[1000]);
      }
    }
    assertContains(start().lines(), "get 0 130000");
  }

  @Test
  void startsInSeveralProcessesAtOnce() throws Exception {
    StubLibraries.driver(libraries, 13000, 0, 1, "");
    StubLibraries.cublas(libraries, 13, false, "");
    List<ForkedJvm> started = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      started.add(start());
    }
    for (ForkedJvm jvm : started) {
      assertContains(jvm.lines(), "get 0 130000");
    }
    try (Stream<Path> files = Files.walk(cache)) {
      assertEquals(2, files.filter(Files::isRegularFile).count(), "only the two libraries remain");
    }
  }

  @Test
  void saysThatNativeAccessIsDenied() throws Exception {
    StubLibraries.driver(libraries, 13000, 0, 1, "");
    List<String> options =
        List.of("--illegal-native-access=deny", "--enable-native-access=java.logging");
    List<String> all = new ArrayList<>(options());
    all.addAll(options);
    List<String> lines = ForkedJvm.startWithoutNativeAccess(LoadProbe.class, all).lines();
    assertUnavailable(lines, "this Java runtime forbids native access");
    assertUnavailable(lines, "--enable-native-access=ALL-UNNAMED");
  }

  @Test
  void saysThatTheSettingNamesNoFolder() throws Exception {
    Path typo = root.resolve("libaries");
    List<String> lines =
        ForkedJvm.start(LoadProbe.class, List.of("-Dlamina.cuda.libraries=" + typo)).lines();
    assertUnavailable(lines, "lamina.cuda.libraries is '" + typo + "', where there is no folder");
    assertUnavailable(lines, "leave it unset");
  }

  private ForkedJvm start() throws IOException {
    return ForkedJvm.start(LoadProbe.class, options());
  }

  private List<String> options() {
    return List.of(
        "-Djava.io.tmpdir=" + temporary,
        "-Dlamina.cuda.libraries=" + libraries,
        "-Dlamina.cache=" + cache);
  }

  private static void assertContains(List<String> lines, String expected) {
    assertTrue(
        lines.contains(expected), () -> expected + " is not in\n" + String.join("\n", lines));
  }

  private static void assertUnavailable(List<String> lines, String part) {
    assertTrue(
        lines.stream().anyMatch(l -> l.startsWith("unavailable ") && l.contains(part)),
        () -> part + " is not in\n" + String.join("\n", lines));
  }

  private static void assertEmpty(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(), files.toList());
    }
  }
}
