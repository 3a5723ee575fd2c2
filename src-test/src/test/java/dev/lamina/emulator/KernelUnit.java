package dev.lamina.emulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * One compilation of a {@code .cu} file: what nvcc makes one PTX file of.
 *
 * @param name the PTX file's name without its ending
 * @param source the file
 * @param definitions macros, as {@code STORAGE_F32}
 */
public record KernelUnit(String name, Path source, List<String> definitions) {

  private static final List<String> STORAGES = List.of("F32", "F64", "BF16");

  private static final List<String> COMPUTED = List.of("F32", "F64");

  /** Optimizers are never in BF16; regenerate-kernels.sh says so too. */
  private static final List<String> FULL = List.of("optimizer_bf16");

  /**
   * The units of the CUDA backend's sources: each file in {@code floating/} once for each storage
   * type, as {@code softmax_f32}, each file in {@code formula/} once for each type that is computed
   * in, each file in {@code plain/} and each printed one once.
   */
  public static List<KernelUnit> ofBackend(Path folder) {
    List<KernelUnit> units = new ArrayList<>();
    for (Path source : sources(folder.resolve("floating"))) {
      for (String storage : STORAGES) {
        String name = stem(source) + "_" + storage.toLowerCase(Locale.ROOT);
        if (!FULL.contains(name)) {
          units.add(new KernelUnit(name, source, List.of("STORAGE_" + storage)));
        }
      }
    }
    for (Path source : sources(folder.resolve("formula"))) {
      for (String type : COMPUTED) {
        String name = stem(source) + "_" + type.toLowerCase(Locale.ROOT);
        units.add(new KernelUnit(name, source, List.of("STORAGE_" + type)));
      }
    }
    units.addAll(ofFolder(folder.resolve("plain")));
    units.addAll(ofFolder(folder.resolve(BackendSources.PRINTED)));
    return units;
  }

  /** One unit for each {@code .cu} file in a folder; none if there is no such folder. */
  public static List<KernelUnit> ofFolder(Path folder) {
    return sources(folder).stream().map(s -> new KernelUnit(stem(s), s, List.of())).toList();
  }

  private static List<Path> sources(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".cu")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String stem(Path source) {
    String name = source.getFileName().toString();
    return name.substring(0, name.lastIndexOf('.'));
  }
}
