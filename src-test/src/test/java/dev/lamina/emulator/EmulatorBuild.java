package dev.lamina.emulator;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * Builds the emulator's libraries: {@code libcuda.so.1}, {@code libcublas.so}, {@code
 * libcublasLt.so} and {@code libnvrtc.so}, each of the latter as 12 and 13. Object files and
 * libraries are kept under the digest of what they are made from, so a second build only reads the
 * sources.
 */
public final class EmulatorBuild {

  private static final List<String> FLAGS =
      List.of("-std=c++20", "-g1", "-fPIC", "-fvisibility=hidden", "-Wall", "-Wextra", "-Werror");
  private static final List<Integer> CUDA_VERSIONS = List.of(12, 13);

  private final Toolchain tools;
  private final Path sources;
  private final BuildCache cache;
  private final String version;

  /**
   * @param sources the folder {@code src/test/native}
   * @param target where everything that is built goes
   */
  EmulatorBuild(Toolchain tools, Path sources, Path target) {
    this.tools = tools;
    this.sources = sources;
    this.cache = new BuildCache(target);
    this.version = tools.version();
  }

  /** The folder that holds all libraries, whole, under the names that a loader looks for. */
  public Path libraries() {
    return libraries(Set.of());
  }

  /** As {@link #libraries()}, but cuBLAS and cuBLASLt lack these functions. */
  public Path libraries(Set<String> missing) {
    String digest =
        BuildCache.digest(
            List.of(
                BuildCache.digest(sources, "\\.h", "\\.cpp"),
                FLAGS.toString(),
                missing.stream().sorted().toList().toString(),
                version));
    Path folder = cache.folder().resolve("libraries-" + digest.substring(0, 16));
    Path complete = folder.resolve("complete");
    if (!Files.exists(complete)) {
      cache.locked(() -> {
        build(folder, missing);
        BuildCache.write(complete, digest);
        return folder;
      });
    }
    return folder;
  }

  Toolchain tools() {
    return tools;
  }

  Path sources() {
    return sources;
  }

  BuildCache cache() {
    return cache;
  }

  String version() {
    return version;
  }

  private void build(Path folder, Set<String> missing) {
    Path driver = folder.resolve("libcuda.so.1");
    List<Path> objects = new ArrayList<>(compileAll("emulator", List.of("-O2")));
    objects.add(stubs("JCudaDriver", "cu", "return cuemu_unsupported(\"%s\");", objects));
    List<String> linkDriver = new ArrayList<>(List.of("-shared", "-Wl,-soname,libcuda.so.1"));
    link(driver, objects, linkDriver, List.of("-ldl", "-lpthread"));
    List<Path> common = compileAll("blas", List.of("-O3"));
    for (int cuda : CUDA_VERSIONS) {
      List<String> options = List.of("-O2", "-DCUEMU_CUDA_MAJOR=" + cuda);
      List<Path> lt = new ArrayList<>(common);
      lt.addAll(compileAll("cublaslt", options));
      List<Path> classic = new ArrayList<>(common);
      classic.addAll(compileAll("cublas", options));
      classic.add(stubs("JCublas2", "cublas", "cuemu_unsupported(\"%s\"); return 15;", classic));
      linkVersioned(folder, driver, "libcublasLt.so." + cuda, "cublasLt*", lt, missing);
      linkVersioned(folder, driver, "libcublas.so." + cuda, "cublas*", classic, missing);
      List<Path> nvrtc = compileAll("nvrtc", nvrtcOptions(cuda));
      linkVersioned(folder, driver, "libnvrtc.so." + cuda, "nvrtc*", nvrtc, missing);
    }
  }

  /** How the emulated NVRTC calls the compiler, and where it keeps what it makes. */
  private List<String> nvrtcOptions(int cuda) {
    String kernels =
        BuildCache.digest(
            List.of(
                BuildCache.digest(sources.resolve("emulator/cuda_emu"), "\\.h"),
                BuildCache.read(sources.resolve("emulator/cuda_emu.h"))));
    return List.of(
        "-O2",
        "-DCUEMU_CUDA_MAJOR=" + cuda,
        "-DCUEMU_NVRTC_COMPILER=\"" + tools.compiler() + "\"",
        "-DCUEMU_NVRTC_FLAGS=\"" + String.join(" ", KernelBuild.FLAGS) + "\"",
        "-DCUEMU_NVRTC_SOURCES=\"" + sources.resolve("emulator") + "\"",
        "-DCUEMU_NVRTC_FOLDER=\"" + cache.folder().resolve("nvrtc") + "\"",
        "-DCUEMU_NVRTC_DIGEST=\"" + kernels + "\"");
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  private List<Path> compileAll(String part, List<String> options) {
    Path folder = sources.resolve(part);
    // Those below cuda_emu are for kernels, but for runtime.h.
    String headers =
        BuildCache.digest(
            sources, "emulator/[^/]*\\.h", "(blas|cublas|cublaslt)/.*\\.h", "runtime\\.h");
    List<Callable<Path>> tasks = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path source : files.filter(f -> f.toString().endsWith(".cpp")).sorted().toList()) {
        tasks.add(() -> compile(source, headers, options));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Toolchain.inParallel(tasks);
  }

  private Path compile(Path source, String headers, List<String> options) {
    String digest =
        BuildCache.digest(
            List.of(
                BuildCache.read(source), headers, FLAGS.toString(), options.toString(), version));
    String name = name(source).replaceFirst("\\.cpp$", ".o");
    return cache.file(
        name,
        digest,
        object -> {
          List<String> command = new ArrayList<>(FLAGS);
          command.addAll(options);
          command.add("-I" + sources.resolve("emulator"));
          command.add("-I" + sources.resolve("blas"));
          command.addAll(List.of("-x", "c++", "-c", source.toString(), "-o", object.toString()));
          tools.compile(command);
        });
  }

  /** Entry points that JCuda's library imports and no object has: they answer "not emulated". */
  private Path stubs(String library, String prefix, String body, List<Path> objects) {
    Set<String> present = new HashSet<>();
    for (Path object : objects) {
      present.addAll(tools.symbols(object, "--defined-only"));
    }
    StringBuilder code = new StringBuilder("int cuemu_unsupported(const char*);\n");
    tools.symbols(jcudaLibrary(library), "-Du").stream()
        .filter(s -> s.startsWith(prefix) && !present.contains(s))
        .sorted(Comparator.naturalOrder())
        .distinct()
        .forEach(s ->
            code.append("int ")
                .append(s)
                .append("(void) { ")
                .append(body.formatted(s))
                .append(" }\n"));
    String text = code.toString();
    return cache.file(
        "stubs_" + library + ".o",
        BuildCache.digest(List.of(text, version)),
        object -> {
          Path source = cache.folder().resolve("stubs_" + library + ".c");
          BuildCache.write(source, text);
          // C++ would not let a prototype without parameters stand for the real one.
          tools.compile(
              List.of("-x", "c", "-O1", "-fPIC", "-c", source.toString(), "-o", object.toString()));
        });
  }

  /** One of JCuda's native libraries, out of its jar on the class path. */
  private Path jcudaLibrary(String library) {
    String file = "lib" + library + "-12.6.0-linux-x86_64.so";
    return cache.file(
        file,
        BuildCache.digest(List.of(file)),
        to -> {
          try (InputStream in = EmulatorBuild.class.getResourceAsStream("/lib/" + file)) {
            if (in == null) {
              throw new IllegalStateException("JCuda's natives are not on the class path: " + file);
            }
            Files.deleteIfExists(to);
            Files.copy(in, to);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private void linkVersioned(
      Path folder,
      Path driver,
      String file,
      String exported,
      List<Path> objects,
      Set<String> missing) {
    Path script = folder.resolve(file + ".map");
    StringBuilder local = new StringBuilder();
    missing.stream().sorted().forEach(m -> local.append(' ').append(m).append(';'));
    // JCuda's library asks for symbols of a version that is named as the library. An exact name
    // goes before a pattern.
    BuildCache.write(script, file + " { global: " + exported + "; local:" + local + " *; };\n");
    link(
        folder.resolve(file),
        objects,
        List.of("-shared", "-Wl,-soname," + file, "-Wl,--version-script=" + script),
        List.of(driver.toString(), "-Wl,-rpath,$ORIGIN"));
  }

  private void link(Path library, List<Path> objects, List<String> before, List<String> after) {
    BuildCache.place(
        library,
        to -> {
          List<String> command = new ArrayList<>(before);
          objects.forEach(o -> command.add(o.toString()));
          command.addAll(after);
          command.addAll(List.of("-o", to.toString()));
          tools.compile(command);
        });
  }
}
