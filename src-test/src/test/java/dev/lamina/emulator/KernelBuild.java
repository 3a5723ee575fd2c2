package dev.lamina.emulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Compiles {@code .cu} sources with g++ to a library of kernels for the emulator. Every memory
 * access of a kernel becomes a call into the emulator, by {@code -fsanitize=thread}; misaligned
 * pointers and array indices out of bounds are found by {@code -fsanitize=alignment,bounds}.
 */
public final class KernelBuild {

  static final List<String> FLAGS =
      List.of(
          "-std=c++20",
          "-O2",
          "-g1",
          "-fPIC",
          "-fno-strict-aliasing",
          "-ffp-contract=off",
          "-fstack-clash-protection",
          "-fsanitize=thread",
          "-fsanitize=alignment,bounds",
          "--param=tsan-instrument-func-entry-exit=0",
          "-DCUDA_EMU",
          "-w");
  private static final List<String> LINK_FLAGS = List.of("-shared", "-Wl,--no-as-needed");
  private static final Pattern KERNEL =
      Pattern.compile("\\bcuemu_kernel_mark\\b\\s+void\\s+(\\w+)\\s*\\(");
  private static final Pattern DYNAMIC_SHARED =
      Pattern.compile(
          "extern\\s+__shared__\\s+((?:__align__\\s*\\([^)]*\\)\\s*)?)([\\w"
              + " ]+?)\\s+(\\w+)\\s*\\[\\s*\\]\\s*;");

  private final EmulatorBuild build;

  KernelBuild(EmulatorBuild build) {
    this.build = build;
  }

  /**
   * The library with all kernels of the units.
   *
   * @param name of the library's file
   * @param folder that the units' sources and all that they include lie in
   */
  public Path library(String name, Path folder, List<KernelUnit> units) {
    Path emulator = build.sources().resolve("emulator");
    String digest =
        BuildCache.digest(
            List.of(
                BuildCache.digest(folder, "\\.cuh?"),
                BuildCache.digest(emulator.resolve("cuda_emu"), "\\.h"),
                BuildCache.read(emulator.resolve("cuda_emu.h")),
                units.stream().map(u -> u.name() + u.definitions()).toList().toString(),
                FLAGS.toString(),
                LINK_FLAGS.toString(),
                build.version()));
    // Before the lock is taken, for it takes the same one.
    Path driver = build.libraries().resolve("libcuda.so.1");
    return build
        .cache()
        .locked(() ->
            build
                .cache()
                .file(
                    "lib" + name + ".so",
                    digest,
                    library -> build(library, folder, units, driver)));
  }

  private void build(Path library, Path folder, List<KernelUnit> units, Path driver) {
    Path work = build.cache().folder().resolve("kernels-" + library.getFileName());
    copySources(folder, work.resolve("sources"));
    List<Callable<Path>> tasks = new ArrayList<>();
    for (KernelUnit unit : units) {
      tasks.add(() -> compile(unit, folder, work));
    }
    List<String> command = new ArrayList<>(LINK_FLAGS);
    Toolchain.inParallel(tasks).forEach(object -> command.add(object.toString()));
    command.add(sharedMemory(work).toString());
    // Needed by name only: the process has loaded it.
    command.add(driver.toString());
    command.addAll(List.of("-o", library.toString()));
    build.tools().compile(command);
  }

  /** Copies the sources, with {@code extern __shared__ T name[];} as what the header knows. */
  private static void copySources(Path folder, Path to) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.toString().matches(".*\\.cuh?")).toList()) {
        Path copy = to.resolve(folder.relativize(file).toString());
        BuildCache.create(copy.getParent());
        String text = BuildCache.read(file);
        BuildCache.write(
            copy, DYNAMIC_SHARED.matcher(text).replaceAll("CUEMU_DYNAMIC_SHARED($2, $3);"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path compile(KernelUnit unit, Path folder, Path work) {
    Path source = work.resolve("sources").resolve(folder.relativize(unit.source()).toString());
    Path wrapper = work.resolve(unit.name() + ".cpp");
    // In an unnamed namespace everything has internal linkage: templates may then hold shared
    // memory, and the same device function may be in several units.
    String include =
        "#include \"cuda_emu.h\"\n#include \"cuda_emu/registration.h\"\nnamespace {\n#include \""
            + source
            + "\"\n}\n";
    BuildCache.write(wrapper, include);
    StringBuilder table = new StringBuilder(include);
    for (String kernel : kernels(unit, wrapper, work)) {
      table.append("CUEMU_KERNEL(%s, \"%s\")\n".formatted(kernel, unit.name()));
    }
    BuildCache.write(wrapper, table.toString());
    Path object = work.resolve(unit.name() + ".o");
    List<String> command = new ArrayList<>(FLAGS);
    command.addAll(options(unit, work));
    command.addAll(List.of("-c", wrapper.toString(), "-o", object.toString()));
    build.tools().compile(command);
    return object;
  }

  /** The names of a unit's kernels, from its preprocessed text. */
  private List<String> kernels(KernelUnit unit, Path wrapper, Path work) {
    List<String> command = new ArrayList<>(List.of("-std=c++20", "-E", "-P", "-DCUDA_EMU"));
    command.add("-DCUEMU_LIST_KERNELS");
    command.addAll(options(unit, work));
    command.add(wrapper.toString());
    Matcher matcher = KERNEL.matcher(build.tools().compile(command));
    List<String> names = new ArrayList<>();
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    if (names.isEmpty()) {
      throw new IllegalStateException("no kernel found in " + unit.source());
    }
    return names;
  }

  private List<String> options(KernelUnit unit, Path work) {
    List<String> options = new ArrayList<>();
    unit.definitions().forEach(d -> options.add("-D" + d));
    options.add("-I" + build.sources().resolve("emulator"));
    options.add("-I" + work.resolve("sources"));
    return options;
  }

  /** Tells the emulator where the library's shared memory is. */
  private Path sharedMemory(Path work) {
    Path source = work.resolve("shared_memory.cpp");
    BuildCache.write(
        source,
        """
        #include "cuda_emu/runtime.h"
        // So that the section is there even if no kernel has shared memory.
        __attribute__((section("cuemu_shared"), used)) static char none[16];
        extern "C" char __start_cuemu_shared[] __attribute__((visibility("hidden")));
        extern "C" char __stop_cuemu_shared[] __attribute__((visibility("hidden")));
        __attribute__((constructor)) static void tell() {
          cuemu_register_shared(__start_cuemu_shared, __stop_cuemu_shared);
        }
        """);
    Path object = work.resolve("shared_memory.o");
    build
        .tools()
        .compile(
            List.of(
                "-fPIC",
                "-O1",
                "-I" + build.sources().resolve("emulator"),
                "-c",
                source.toString(),
                "-o",
                object.toString()));
    return object;
  }
}
