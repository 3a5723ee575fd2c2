package dev.lamina.emulator;

import dev.lamina.cuda.formula.ShippedKernels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The sources of all that the CUDA backend ships, in one folder: its own and the printed ones. */
final class BackendSources {
  /** The folder of the printed ones. */
  static final String PRINTED = "printed";

  private BackendSources() {}

  /** Puts them below a build's folder, once for each state of them. */
  static Path in(BuildCache cache, Path own) {
    String digest =
        BuildCache.digest(
            List.of(BuildCache.digest(own, "\\.cuh?"), ShippedKernels.index().toString()));
    Path folder = cache.folder().resolve("sources-" + digest.substring(0, 16));
    Path complete = folder.resolve("complete");
    if (!Files.exists(complete)) {
      cache.locked(() -> {
        copy(own, folder);
        print(folder.resolve(PRINTED));
        BuildCache.write(complete, digest);
        return folder;
      });
    }
    return folder;
  }

  private static void copy(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(f -> f.toString().matches(".*\\.cuh?")).toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        BuildCache.create(copy.getParent());
        BuildCache.write(copy, BuildCache.read(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void print(Path folder) {
    try {
      ShippedKernels.write(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
