package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cuda.formula.FormulaCompiler;
import dev.lamina.cuda.formula.FormulaKernel;
import dev.lamina.cuda.formula.ShippedKernels;
import dev.lamina.cuda.natives.Environment;
import dev.lamina.cuda.natives.NvrtcLibrary;
import dev.lamina.op.Map;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
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

  private static final int DRIVER = 13_000;

  @TempDir private Path folder;

  @Test
  void everyShippedKernelCompiles() throws IOException, InterruptedException {
    NvrtcLibrary nvrtc = nvrtcOrSkip();
    ShippedKernels.write(folder);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".cu")).sorted().toList()) {
        compile(nvrtc, Files.readString(file), file.getFileName().toString());
      }
    }
  }

  @Test
  void everyFormulaOfTheSuiteCompiles() throws IOException, InterruptedException {
    NvrtcLibrary nvrtc = nvrtcOrSkip();
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
    String source = "#include \"formula.cuh\"\n" + String.join("\n", kernels.values());
    compile(nvrtc, source, "suite.cu");
  }

  private static NvrtcLibrary nvrtcOrSkip() {
    Environment system = Environment.system();
    java.util.Map<String, String> properties = new HashMap<>(system.properties());
    properties.remove(Environment.LIBRARIES_PROPERTY); // the emulator's
    java.util.Map<String, String> variables = new HashMap<>(system.variables());
    variables.remove(Environment.LIBRARIES_VARIABLE);
    Optional.ofNullable(variables.get(VARIABLE))
        .ifPresent(named -> variables.put(Environment.LIBRARIES_VARIABLE, named));
    Environment environment =
        new Environment(
            properties, variables, system.root(), system.loaderCache(), system.resources());
    Optional<NvrtcLibrary> found = NvrtcLibrary.find(environment, DRIVER);
    if (found.isEmpty()) {
      String reason =
          "there is no NVRTC; run pip install nvidia-cuda-nvrtc, or let "
              + VARIABLE
              + " name a folder that has it";
      System.err.println("compilation by NVIDIA's NVRTC skipped: " + reason);
      Assumptions.abort(reason);
    }
    return found.get();
  }

  private void compile(NvrtcLibrary nvrtc, String source, String name)
      throws IOException, InterruptedException {
    String ptx = FormulaCompiler.compile(nvrtc.nvrtc(), source, name);
    assertTrue(ptx.contains("\n.version 8.0\n"), name);
    assemble(ptx, name);
  }

  /** Without ptxas nothing is assembled, and a line says so. */
  private void assemble(String ptx, String name) throws IOException, InterruptedException {
    Path file = folder.resolve(name + ".ptx");
    Files.writeString(file, ptx);
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
    assertEquals(List.of(), spills(report), name);
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
