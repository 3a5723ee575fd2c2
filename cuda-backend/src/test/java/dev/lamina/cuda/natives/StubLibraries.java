package dev.lamina.cuda.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.cuda.lt.CublasLt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes libraries that look like NVIDIA's to the loader and do next to nothing, with gcc. */
final class StubLibraries {
  private StubLibraries() {}

  /** Skips the test, visibly, where there is no gcc. */
  static void assumeGcc() {
    boolean there;
    try {
      there = run(List.of("gcc", "--version"), null) == 0;
    } catch (IOException e) {
      there = false;
    }
    if (!there) {
      System.out.println("skipped: tests with stub CUDA libraries need gcc, which is not here");
    }
    assumeTrue(there, "gcc is not installed");
  }

  /**
   * A driver that supports a CUDA version, whose cuInit answers a status.
   *
   * @param lacking a function to leave out, or an empty string
   */
  static void driver(Path folder, int version, int status, int devices, String lacking)
      throws IOException {
    StringBuilder code = new StringBuilder();
    for (String name : RequiredFunctions.DRIVER) {
      String body =
          switch (name) {
            case "cuDriverGetVersion" -> "(int *v) { *v = " + version + "; return 0; }";
            case "cuInit" -> "(int flags) { return " + status + "; }";
            case "cuDeviceGetCount" -> "(int *n) { *n = " + devices + "; return 0; }";
            case "cuGetErrorName" ->
                "(int e, const char **s) { *s = e == 100 ? \"CUDA_ERROR_NO_DEVICE\" : 0;"
                    + " return e == 100 ? 0 : 1; }";
            default -> "(void) { return 0; }";
          };
      code.append(name.equals(lacking) ? "" : "int " + name + body + "\n");
    }
    compile(folder, "libcuda.so.1", code, null);
  }

  /**
   * cuBLAS and cuBLASLt of a CUDA version. cublasGetVersion answers the version times 10000.
   *
   * @param versioned whether their symbols have a version, as NVIDIA's have
   * @param lacking a function to leave out, or an empty string
   */
  static void cublas(Path folder, int major, boolean versioned, String lacking) throws IOException {
    StringBuilder lt = new StringBuilder();
    for (String name : CublasLt.FUNCTIONS) {
      lt.append(
          name.equals("cublasLtGetVersion")
              ? "unsigned long cublasLtGetVersion(void) { return " + (major * 10000 + 605) + "; }\n"
              : "int " + name + "(void) { return 0; }\n");
    }
    compile(
        folder, CublasLibrary.ltName(major), lt, versioned ? CublasLibrary.ltName(major) : null);
    StringBuilder code = new StringBuilder();
    for (String name : RequiredFunctions.CUBLAS) {
      String body =
          switch (name) {
            case "cublasCreate_v2" -> "(void **h) { *h = (void *) 0x1234; return 0; }";
            case "cublasGetVersion_v2" ->
                "(void *h, int *v) { *v = " + major * 10000 + "; return h != (void *) 0x1234; }";
            default -> "(void) { return 0; }";
          };
      code.append(name.equals(lacking) ? "" : "int " + name + body + "\n");
    }
    String name = CublasLibrary.cublasName(major);
    compile(folder, name, code, versioned ? name : null);
  }

  /** A library that makes a file as soon as it is loaded. */
  static void intruder(Path folder, String name, Path marker) throws IOException {
    compile(
        folder,
        name,
        "#include <stdio.h>\n__attribute__((constructor)) static void intrude(void) {"
            + " FILE *f = fopen(\""
            + marker
            + "\", \"w\"); if (f) fclose(f); }\n",
        null);
  }

  /** A library that needs another that is not there. */
  static void needy(Path folder, String name, String needed) throws IOException {
    compile(folder, needed, "int absent(void) { return 0; }\n", null);
    compile(
        folder,
        name,
        "int absent(void); int present(void) { return absent(); }\n",
        null,
        "-L" + folder,
        "-l:" + needed);
    Files.delete(folder.resolve(needed));
  }

  private static void compile(
      Path folder, String name, CharSequence code, String version, String... more)
      throws IOException {
    Files.createDirectories(folder);
    Path source = Files.createTempFile(folder, "stub", ".c");
    Files.writeString(source, code);
    List<String> command =
        new ArrayList<>(
            List.of("gcc", "-shared", "-fPIC", "-w", "-O1", "-Wl,-soname," + name, "-o"));
    command.add(folder.resolve(name).toString());
    command.add(source.toString());
    command.addAll(List.of(more));
    Path map = null;
    if (version != null) {
      map = Files.createTempFile(folder, "stub", ".map");
      Files.writeString(map, version + " { global: *; };\n");
      command.add("-Wl,--version-script=" + map);
    }
    Path log = Files.createTempFile(folder, "gcc", ".log");
    assertEquals(0, run(command, log), () -> command + "\n" + read(log));
    Files.delete(source);
    Files.delete(log);
    if (map != null) {
      Files.delete(map);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static int run(List<String> command, Path log) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(
        log == null ? ProcessBuilder.Redirect.DISCARD : ProcessBuilder.Redirect.to(log.toFile()));
    Process process = builder.start();
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroy();
      throw new IOException(e);
    }
  }
}
