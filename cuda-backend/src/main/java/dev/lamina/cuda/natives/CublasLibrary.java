package dev.lamina.cuda.natives;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.lamina.cuda.lt.CublasLt;
import dev.lamina.cuda.natives.Environment.Setting;
import dev.lamina.cuda.natives.SearchPlace.Rank;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * NVIDIA's cuBLAS and cuBLASLt of one CUDA version, loaded from one folder.
 *
 * @param major which CUDA version they belong to: 12 or 13
 * @param version as cuBLASLt tells it: 10000 · major + 100 · minor + patch from 12 on
 * @param origin how they were found
 * @param cublas cuBLAS
 * @param lt cuBLASLt
 */
record CublasLibrary(
    int major, long version, String origin, NativeLibrary cublas, NativeLibrary lt) {
  /** The versions that work, the preferred first. */
  private static final List<Integer> MAJORS = List.of(13, 12);

  private static final int NEWER_DRIVER = 13;

  /**
   * Finds and loads cuBLAS. What the user named goes first; else cuBLAS 13, which has the faster
   * products, then 12.
   *
   * @param driverVersion what the driver supports
   * @throws UnusableException if there is none
   */
  static CublasLibrary load(
      Environment environment, PrivateDirectory directory, int driverVersion, SearchLog log)
      throws UnusableException {
    List<Integer> majors = new ArrayList<>(MAJORS);
    if (driverVersion < NEWER_DRIVER * 1000) {
      majors.remove((Integer) NEWER_DRIVER);
      log.add(
          "cuBLAS 13",
          "",
          "not considered: the driver supports CUDA up to " + DriverLibrary.text(driverVersion));
    }
    List<String> names = majors.stream().map(CublasLibrary::cublasName).toList();
    List<SearchPlace> places = SearchPlaces.ofToolkit(environment, log, names);
    for (Rank rank : Rank.values()) {
      for (int major : majors) {
        for (SearchPlace place : places) {
          if (place.rank() == rank) {
            Optional<CublasLibrary> found = load(place, major, log);
            if (found.isPresent()) {
              return found.get();
            }
          }
        }
      }
    }
    Optional<Setting> setting =
        environment.setting(Environment.LIBRARIES_PROPERTY, Environment.LIBRARIES_VARIABLE);
    if (setting.isPresent()) {
      throw new UnusableException(
          setting.get().name()
              + "="
              + setting.get().value()
              + " has no cuBLAS that can be used: expected "
              + String.join(" or ", names)
              + " with cuBLASLt beside it",
          "Name the folder that holds them, or remove the setting to search the usual folders");
    }
    for (int major : majors) {
      Optional<SearchPlace> place = RedistributableJar.place(environment, directory, major, log);
      Optional<CublasLibrary> found =
          place.isEmpty() ? Optional.empty() : load(place.get(), major, log);
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw new UnusableException(
        "no cuBLAS that can be used: " + String.join(" or ", names) + " was not found",
        "Install CUDA's libraries (for example "
            + packages(majors)
            + ") and name their folder by the environment variable "
            + Environment.LIBRARIES_VARIABLE
            + " (or the system property "
            + Environment.LIBRARIES_PROPERTY
            + ")");
  }

  private static String packages(List<Integer> majors) {
    return majors.contains(NEWER_DRIVER)
        ? "pip install nvidia-cublas, or CUDA 12's: nvidia-cublas-cu12"
        : "pip install nvidia-cublas-cu12";
  }

  /** Names in load order: cuBLAS needs cuBLASLt, and takes the one that is loaded. */
  static List<String> names(int major) {
    return List.of(ltName(major), cublasName(major));
  }

  static String cublasName(int major) {
    return "libcublas.so." + major;
  }

  static String ltName(int major) {
    return "libcublasLt.so." + major;
  }

  // A library that fails is unloaded again, else JCublas would be bound to it by its name.
  private static Optional<CublasLibrary> load(SearchPlace place, int major, SearchLog log)
      throws UnusableException {
    Arena arena = Arena.ofShared();
    CublasLibrary result = null;
    try {
      List<NativeLibrary> loaded = new ArrayList<>();
      for (String name : names(major)) {
        switch (NativeLibrary.load(place.folder().resolve(name), name, arena)) {
          case NativeLibrary.Success(NativeLibrary library) -> loaded.add(library);
          case NativeLibrary.Failed(String reason) -> {
            log.add(place.origin(), place.folder().resolve(name), reason);
            return Optional.empty();
          }
        }
      }
      NativeLibrary lt = loaded.getFirst();
      NativeLibrary cublas = loaded.getLast();
      List<String> missing =
          Stream.concat(
                  RequiredFunctions.missing(cublas.symbols(), RequiredFunctions.CUBLAS).stream(),
                  RequiredFunctions.missing(lt.symbols(), CublasLt.FUNCTIONS).stream())
              .toList();
      if (!missing.isEmpty()) {
        log.add(place.origin(), cublas.path(), "lacks functions: " + String.join(", ", missing));
        return Optional.empty();
      }
      result = new CublasLibrary(major, version(lt), place.origin(), cublas, lt);
      log.add(place.origin(), cublas.path(), "loaded, version " + result.versionText());
      return Optional.of(result);
    } finally {
      if (result == null) {
        arena.close();
      }
    }
  }

  @SuppressWarnings("restricted") // calling native code is what this class is for
  private static long version(NativeLibrary lt) {
    try {
      return (long)
          Linker.nativeLinker()
              .downcallHandle(
                  lt.symbols().findOrThrow("cublasLtGetVersion"), FunctionDescriptor.of(JAVA_LONG))
              .invokeExact();
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** How JCublas has to be bound to it. */
  JCudaNatives.Binding binding() {
    return new JCudaNatives.Binding(major, cublas.versioned());
  }

  /** The version as NVIDIA writes it: 120605 is 12.6.5. */
  String versionText() {
    return version / 10000 + "." + version % 10000 / 100 + "." + version % 100;
  }
}
