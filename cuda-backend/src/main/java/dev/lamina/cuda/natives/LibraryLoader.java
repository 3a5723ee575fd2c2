package dev.lamina.cuda.natives;

import dev.lamina.cuda.natives.CudaLibraries.Loaded;
import dev.lamina.cuda.natives.CudaLibraries.Unavailable;
import dev.lamina.natives.NativeCache;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;

/** Loads everything once per JVM, in the order in which one library needs another. */
final class LibraryLoader {
  private static Loaded loaded;

  private LibraryLoader() {}

  static synchronized CudaLibraries load(Environment environment) {
    if (loaded != null) {
      return loaded;
    }
    SearchLog log = new SearchLog();
    try {
      loaded = load(environment, log);
      return loaded;
    } catch (UnusableException e) {
      return new Unavailable(e.reason(), e.remedy(), log.steps());
    }
  }

  private static Loaded load(Environment environment, SearchLog log) throws UnusableException {
    checkPlatform(environment);
    // The driver starts threads of its own and is never unloaded, even if what follows fails.
    DriverLibrary driver = DriverLibrary.load(environment, Arena.global(), log);
    NativeCache cache =
        new NativeCache(environment.cachePlaces(), (p, why) -> log.add("cache", p, why));
    CublasLibrary cublas = CublasLibrary.load(environment, cache, driver.version(), log);
    Optional<NvrtcLibrary> nvrtc = NvrtcLibrary.load(environment, driver.version(), log);
    Path jcuda = JCudaNatives.load(environment, cache, cublas.binding(), log);
    return new Loaded(
        driver.version(),
        driver.devices(),
        cublas.major(),
        cublas.versionText(),
        cublas.origin(),
        driver.library().path(),
        cublas.cublas().path(),
        jcuda,
        driver.library().symbols(),
        cublas.cublas().symbols(),
        cublas.lt().symbols(),
        nvrtc,
        log.steps());
  }

  private static void checkPlatform(Environment environment) throws UnusableException {
    String system = environment.properties().getOrDefault("os.name", "");
    String machine = environment.properties().getOrDefault("os.arch", "");
    if (!system.equals("Linux") || !(machine.equals("amd64") || machine.equals("x86_64"))) {
      throw new UnusableException(
          "the CUDA backend runs on Linux on x86-64, and this is " + system + " on " + machine,
          "Use the cpu device here");
    }
  }
}
