package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cuda.formula.FormulaKernel;
import dev.lamina.cuda.formula.ShippedKernels;
import dev.lamina.cuda.natives.Environment;
import dev.lamina.fork.TestJvm;
import dev.lamina.op.Map;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * NVIDIA's own NVRTC compiles every printed kernel, and ptxas assembles it without spills; both
 * work without a GPU. {@code pip install nvidia-cuda-nvrtc} brings NVRTC, the CUDA toolkit ptxas.
 */
class InstalledNvrtcTest {
  /** Environment variable that names a folder with CUDA 13's {@code lib}. */
  private static final String VARIABLE = "LAMINA_CUDA13";

  @TempDir private Path folder;

  @Test
  void everyShippedKernelCompiles() throws IOException, InterruptedException {
    ShippedKernels.write(folder);
    compileAll();
  }

  @Test
  void everyFormulaOfTheSuiteCompiles() throws IOException, InterruptedException {
    TreeMap<String, String> kernels = new TreeMap<>();
    for (OpCase c : OpCases.all()) {
      if (c.op() instanceof Map map) {
        FormulaKernel kernel = FormulaKernel.of(map.formula());
        if (kernel.module().isEmpty()) {
          kernels.put(kernel.name(), kernel.function());
        }
      }
    }
    assertTrue(kernels.size() > 50, () -> kernels.size() + " kernels");
    Files.writeString(
        folder.resolve("suite.cu"),
        "#include \"formula.cuh\"\n" + String.join("\n", kernels.values()));
    compileAll();
  }

  /**
   * Compiles every translation unit of the folder in a JVM without the emulator: NVRTC asks a
   * driver that its process has loaded for private tables, and the emulator has none.
   */
  private void compileAll() throws IOException, InterruptedException {
    ProcessBuilder builder = TestJvm.running(NvrtcCompilation.class, List.of(), folder);
    builder.environment().remove(Environment.LIBRARIES_VARIABLE);
    Optional.ofNullable(System.getenv(VARIABLE))
        .ifPresent(named -> builder.environment().put(Environment.LIBRARIES_VARIABLE, named));
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    if (status == NvrtcCompilation.NO_LIBRARY) {
      String reason =
          "there is no NVRTC; run pip install nvidia-cuda-nvrtc, or let "
              + VARIABLE
              + " name a folder that has it";
      System.err.println("compilation by NVIDIA's NVRTC skipped: " + reason);
      Assumptions.abort(reason);
    }
    assertEquals(0, status, said);
    List<Path> units = files(".cu");
    List<Path> made = files(".ptx");
    assertEquals(units.size(), made.size());
    for (Path ptx : made) {
      assertTrue(Files.readString(ptx).contains("\n.version 8.0\n"), ptx.toString());
      assemble(ptx);
    }
  }

  private List<Path> files(String suffix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(suffix)).sorted().toList();
    }
  }

  /** Without ptxas nothing is assembled, and a line says so. */
  private static void assemble(Path file) throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder("ptxas", "-arch=sm_90", "-v", file.toString(), "-o", "/dev/null")
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      System.err.println("assembly of NVRTC's PTX skipped: " + e.getMessage());
      return;
    }
    process.getOutputStream().close();
    String report = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), report);
    assertEquals(List.of(), spills(report), file.toString());
  }

  /** The kernels that compute in single precision and spill. */
  private static List<String> spills(String report) {
    List<String> spilling = new ArrayList<>();
    String kernel = "";
    for (String line : report.lines().toList()) {
      if (line.contains("Compiling entry function")) {
        kernel = line.substring(line.indexOf('\'') + 1, line.lastIndexOf("' for"));
      }
      boolean spills = line.contains("spill stores") && !line.contains(" 0 bytes spill stores");
      if (spills && !kernel.endsWith("_f64")) {
        spilling.add(kernel + ":" + line);
      }
    }
    return spilling;
  }
}
