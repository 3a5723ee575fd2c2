package dev.lamina.cuda.natives;

import dev.lamina.cuda.natives.SearchPlace.Rank;
import dev.lamina.cuda.nvrtc.Nvrtc;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * NVIDIA's run-time compiler NVRTC, which formulas of the user's need. It lies where cuBLAS lies,
 * or in a package of its own.
 *
 * @param nvrtc its functions
 * @param path the file
 * @param origin how it was found
 */
public record NvrtcLibrary(Nvrtc nvrtc, Path path, String origin) {
  /** Its name in {@code lamina devices}. */
  static final String NAME = "NVRTC";

  private static final List<Integer> MAJORS = List.of(13, 12);

  private static String name(int major) {
    return "libnvrtc.so." + major;
  }

  /**
   * Finds and loads it; empty where there is none that can be used. It stays loaded.
   *
   * @param driverVersion what the driver supports; a compiler of a newer CUDA is not considered
   */
  public static Optional<NvrtcLibrary> find(Environment environment, int driverVersion) {
    try {
      return load(environment, driverVersion, new SearchLog());
    } catch (UnusableException e) {
      return Optional.empty(); // a setting that names no folder
    }
  }

  /**
   * The same, telling where it looked; empty where there is none that can be used. It stays loaded.
   *
   * @param driverVersion what the driver supports; a compiler of a newer CUDA is not considered
   */
  static Optional<NvrtcLibrary> load(Environment environment, int driverVersion, SearchLog log)
      throws UnusableException {
    List<Integer> majors = MAJORS.stream().filter(m -> m * 1000 <= driverVersion).toList();
    List<String> names = majors.stream().map(NvrtcLibrary::name).toList();
    List<SearchPlace> places = SearchPlaces.ofToolkit(environment, log, names);
    for (Rank rank : Rank.values()) {
      for (int major : majors) {
        for (SearchPlace place : places) {
          if (place.rank() == rank) {
            Optional<NvrtcLibrary> found = load(place, major, log);
            if (found.isPresent()) {
              return found;
            }
          }
        }
      }
    }
    log.add(NAME, "", "not found: " + String.join(" or ", names));
    return Optional.empty();
  }

  private static Optional<NvrtcLibrary> load(SearchPlace place, int major, SearchLog log)
      throws UnusableException {
    Path file = place.folder().resolve(name(major));
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    loadBuiltins(place.folder(), major, log);
    return switch (NativeLibrary.load(file, name(major), Arena.global())) {
      case NativeLibrary.Failed(String reason) -> {
        log.add(place.origin(), file, reason);
        yield Optional.empty();
      }
      case NativeLibrary.Success(NativeLibrary library) -> bound(library, place, log);
    };
  }

  private static Optional<NvrtcLibrary> bound(
      NativeLibrary library, SearchPlace place, SearchLog log) {
    List<String> missing = RequiredFunctions.missing(library.symbols(), Nvrtc.FUNCTIONS);
    if (!missing.isEmpty()) {
      log.add(place.origin(), library.path(), "lacks functions: " + String.join(", ", missing));
      return Optional.empty();
    }
    Nvrtc nvrtc = Nvrtc.bind(library.symbols());
    log.add(place.origin(), library.path(), "loaded, version " + nvrtc.version());
    return Optional.of(new NvrtcLibrary(nvrtc, library.path(), place.origin()));
  }

  /** NVRTC asks the loader for its library of built-in functions by its bare name. */
  @SuppressWarnings("restricted") // calling native code is what this class is for
  private static void loadBuiltins(Path folder, int major, SearchLog log) {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(
              f -> f.getFileName().toString().matches("libnvrtc-builtins\\.so\\." + major + ".*"))
          .sorted()
          .forEach(found::add);
      for (Path file : found) {
        SymbolLookup.libraryLookup(file.toRealPath(), Arena.global());
      }
    } catch (IOException | IllegalArgumentException e) {
      log.add(NAME, folder, "its built-in functions cannot be loaded: " + e.getMessage());
    }
  }
}
