package dev.lamina.cuda.formula;

import dev.lamina.LaminaException;
import dev.lamina.cuda.natives.CacheFile;
import dev.lamina.cuda.natives.Environment;
import dev.lamina.cuda.natives.NvrtcLibrary;
import dev.lamina.cuda.nvrtc.Nvrtc;
import dev.lamina.cuda.nvrtc.NvrtcException;
import dev.lamina.natives.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
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

  private static final Map<String, String> HEADERS = KernelHeaders.all();

  private final Optional<NvrtcLibrary> library;
  private final Environment environment;
  private final Map<String, String> made = new HashMap<>();

  /** A compiler; without a library it compiles nothing. */
  public FormulaCompiler(Optional<NvrtcLibrary> library, Environment environment) {
    this.library = library;
    this.environment = environment;
  }

  /** Whether there is a library. */
  public boolean isUsable() {
    return library.isPresent();
  }

  /**
   * The PTX of a kernel.
   *
   * @throws LaminaException if it does not compile, with the compiler's messages and the formula
   * @throws NoSuchElementException if there is no library
   */
  public synchronized String ptx(FormulaKernel kernel) {
    String known = made.get(kernel.name());
    if (known == null) {
      known = find(kernel, library.orElseThrow());
      made.put(kernel.name(), known);
    }
    return known;
  }

  /** The PTX of a translation unit that includes the kernels' headers. */
  public static String compile(Nvrtc nvrtc, String source, String name) {
    return readable(nvrtc.compile(source, name, HEADERS, OPTIONS));
  }

  private static String compile(Nvrtc nvrtc, FormulaKernel kernel, String name) {
    try {
      return compile(nvrtc, kernel.source(), name);
    } catch (NvrtcException e) {
      throw new LaminaException(
          "NVRTC "
              + nvrtc.version()
              + " did not compile the kernel of the formula\n"
              + kernel.formula()
              + "\n"
              + e.getMessage(),
          e);
    }
  }

  private String find(FormulaKernel kernel, NvrtcLibrary compiler) {
    String identity =
        String.join(
            " ",
            kernel.name(),
            Sha256.of(HEADERS.toString().getBytes(StandardCharsets.UTF_8)),
            compiler.nvrtc().version(),
            compiler.path().toString());
    Optional<CacheFile> cache = CacheFile.of(environment, FOLDER, identity);
    List<String> kept = cache.map(CacheFile::read).orElse(List.of());
    if (!kept.isEmpty()) {
      return String.join("\n", kept) + "\n";
    }
    String name = kernel.name() + ".cu";
    String ptx = compile(compiler.nvrtc(), kernel, name);
    cache.ifPresent(c -> c.write(ptx.lines().toList()));
    return ptx;
  }

  /** PTX labelled so that every driver from R525 on reads it, as the resources are. */
  private static String readable(String ptx) {
    return ptx.replaceFirst("(?m)^\\.version \\d+\\.\\d+$", ".version 8.0");
  }
}
