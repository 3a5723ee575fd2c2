package dev.lamina.cuda.natives;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Map;

/**
 * The NVIDIA driver's library {@code libcuda.so.1}, asked only what decides whether it can be used.
 *
 * @param library the library
 * @param version the newest CUDA version that it supports: 1000 · major + 10 · minor
 * @param devices how many GPUs it offers
 */
record DriverLibrary(NativeLibrary library, int version, int devices) {
  static final String NAME = "libcuda.so.1";

  /** The first driver that supports CUDA 12. */
  static final int MINIMUM_VERSION = 12000;

  private static final String INSTALL = "Install the NVIDIA driver, R525 or newer";
  private static final String DEVICE_FILES =
      "Check that nvidia-smi lists a GPU and, in a container, that it was started with access to"
          + " the GPUs (docker run --gpus all)";

  /** What to do about an error of cuInit, by CUDA's number. */
  private static final Map<Integer, String> REMEDIES =
      Map.of(
          34,
          "The library is a stub to link programs with: " + INSTALL,
          100,
          DEVICE_FILES,
          802,
          "Start NVIDIA's fabric manager (nvidia-fabricmanager), then try again",
          803,
          "The driver was updated while its old kernel module is loaded: restart the machine",
          804,
          "Remove the CUDA compatibility package, or " + lower(INSTALL));

  /**
   * Finds, loads and initialises the driver.
   *
   * @throws UnusableException if there is none, it is too old, or it offers no GPU
   */
  static DriverLibrary load(Environment environment, Arena arena, SearchLog log)
      throws UnusableException {
    SearchPlaces.checkSetting(environment);
    NativeLibrary library = find(environment, arena, log);
    List<String> missing = RequiredFunctions.missing(library.symbols(), RequiredFunctions.DRIVER);
    int[] out = new int[1];
    if (!missing.contains("cuDriverGetVersion")) {
      int status = call(library, "cuDriverGetVersion", out);
      log.add(
          "driver",
          library.path(),
          status == 0 ? "supports CUDA up to " + text(out[0]) : "does not tell its version");
      if (status == 0 && out[0] < MINIMUM_VERSION) {
        throw new UnusableException(
            "the NVIDIA driver supports CUDA up to " + text(out[0]) + ", expected at least 12.0",
            INSTALL);
      }
    }
    if (!missing.isEmpty()) {
      throw new UnusableException(
          library.path() + " lacks functions: " + String.join(", ", missing), INSTALL);
    }
    int version = out[0];
    int status = initialise(library);
    if (status != 0) {
      throw new UnusableException(
          "the NVIDIA driver does not start: cuInit answered "
              + name(library, status)
              + visible(environment),
          REMEDIES.getOrDefault(status, DEVICE_FILES));
    }
    int devices = call(library, "cuDeviceGetCount", out) == 0 ? out[0] : 0;
    if (devices == 0) {
      throw new UnusableException(
          "the NVIDIA driver offers no GPU" + visible(environment), DEVICE_FILES);
    }
    log.add("driver", "", "offers " + devices + (devices == 1 ? " GPU" : " GPUs"));
    return new DriverLibrary(library, version, devices);
  }

  private static NativeLibrary find(Environment environment, Arena arena, SearchLog log)
      throws UnusableException {
    String reason = "was not found";
    for (SearchPlace place : SearchPlaces.ofDriver(environment, log)) {
      switch (NativeLibrary.load(place.folder().resolve(NAME), NAME, arena)) {
        case NativeLibrary.Success(NativeLibrary library) -> {
          log.add(place.origin(), library.path(), "loaded");
          return library;
        }
        case NativeLibrary.Failed(String why) -> {
          log.add(place.origin(), place.folder().resolve(NAME), why);
          if (!why.equals(NativeLibrary.ABSENT)) {
            reason = "in " + place.folder() + " " + why;
          }
        }
      }
    }
    throw new UnusableException(
        "no NVIDIA driver: " + NAME + " " + reason,
        INSTALL
            + "; if it is installed, name the folder of "
            + NAME
            + " by the environment variable "
            + Environment.LIBRARIES_VARIABLE
            + " (or the system property "
            + Environment.LIBRARIES_PROPERTY
            + ")");
  }

  /** A version as NVIDIA writes it: 12060 is 12.6. */
  static String text(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }

  private static String visible(Environment environment) {
    String value = environment.variables().get("CUDA_VISIBLE_DEVICES");
    return value == null ? "" : " (CUDA_VISIBLE_DEVICES is '" + value + "')";
  }

  private static int initialise(NativeLibrary library) {
    try {
      return (int) handle(library, "cuInit", JAVA_INT).invokeExact(0);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static int call(NativeLibrary library, String function, int[] out) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_INT);
      int status = (int) handle(library, function, ADDRESS).invokeExact(value);
      out[0] = value.get(JAVA_INT, 0);
      return status;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  @SuppressWarnings("restricted") // calling native code is what this class is for
  private static String name(NativeLibrary library, int status) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(ADDRESS);
      int found =
          (int) handle(library, "cuGetErrorName", JAVA_INT, ADDRESS).invokeExact(status, value);
      MemorySegment text = value.get(ADDRESS, 0);
      return found != 0 || text.address() == 0
          ? "error " + status
          : text.reinterpret(Long.MAX_VALUE).getString(0) + " (" + status + ")";
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  @SuppressWarnings("restricted") // calling native code is what this class is for
  private static MethodHandle handle(
      NativeLibrary library, String function, MemoryLayout... arguments) {
    return Linker.nativeLinker()
        .downcallHandle(
            library.symbols().findOrThrow(function), FunctionDescriptor.of(JAVA_INT, arguments));
  }

  private static String lower(String sentence) {
    return Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1);
  }
}
