package dev.lamina.cuda.formula;

import dev.lamina.LaminaException;
import dev.lamina.cuda.natives.CacheFile;
import dev.lamina.cuda.natives.Environment;
import dev.lamina.cuda.natives.NvrtcLibrary;
import dev.lamina.natives.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes PTX of kernels that are not among the resources, by NVRTC; the user's cache keeps it for
 * later processes. Safe for use by any number of threads.
 */
public final class FormulaCompiler {
  // As regenerate-kernels.sh compiles.
  private static final List<String> OPTIONS =
      List.of("--gpu-architecture=compute_75", "--std=c++17", "--fmad=false");

  private static final String FOLDER = "formulas";

  private final Optional<NvrtcLibrary> library;
  private final Environment environment;
  private final Map<String, String> headers = KernelHeaders.all();
  private final Map<String, String> made = new HashMap<>();

  /** A compiler; without a library it compiles nothing and says what to install. */
  public FormulaCompiler(Optional<NvrtcLibrary> library, Environment environment) {
    this.library = library;
    this.environment = environment;
  }

  /**
   * The PTX of a kernel.
   *
   * @throws LaminaException if there is no NVRTC; the message says what to install
   */
  public synchronized String ptx(FormulaKernel kernel) {
    String known = made.get(kernel.name());
    if (known == null) {
      known = find(kernel, library.orElseThrow(FormulaCompiler::missing));
      made.put(kernel.name(), known);
    }
    return known;
  }

  private static LaminaException missing() {
    return new LaminaException(
        "the GPU needs a kernel for a formula, and there is no NVRTC to compile it: install it (for"
            + " example pip install nvidia-cuda-nvrtc); lamina devices --verbose shows where it was"
            + " looked for");
  }

  private String find(FormulaKernel kernel, NvrtcLibrary compiler) {
    String identity =
        String.join(
            " ",
            kernel.name(),
            Sha256.of(headers.toString().getBytes(StandardCharsets.UTF_8)),
            compiler.nvrtc().version(),
            compiler.path().toString());
    Optional<CacheFile> cache = CacheFile.of(environment, FOLDER, identity);
    List<String> kept = cache.map(CacheFile::read).orElse(List.of());
    if (!kept.isEmpty()) {
      return String.join("\n", kept) + "\n";
    }
    String name = kernel.name() + ".cu";
    String ptx = readable(compiler.nvrtc().compile(kernel.source(), name, headers, OPTIONS));
    cache.ifPresent(c -> c.write(ptx.lines().toList()));
    return ptx;
  }

  /** PTX labelled so that every driver from R525 on reads it, as the resources are. */
  private static String readable(String ptx) {
    return ptx.replaceFirst("(?m)^\\.version \\d+\\.\\d+$", ".version 8.0");
  }
}
