package dev.lamina.emulator;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.lamina.backend.Backends;
import dev.lamina.backend.DeviceReport;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import org.junit.jupiter.api.Assumptions;

/**
 * The emulator, loaded into this process under JCuda: settings, findings, counters.
 *
 * <p>There is one for the process, since JCuda's native libraries load once. It is built on first
 * use. Tests call {@link #reset} before and after.
 */
@SuppressWarnings("restricted")
public final class CudaEmulator {

  private static final FunctionDescriptor GIVES_TEXT =
      FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG);
  private static final FunctionDescriptor TEXT_GIVES_TEXT =
      FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG);

  /** How the names of its devices begin. */
  public static final String DEVICE_NAME = "Emulated GPU";

  private static final String BACKEND_KERNELS = "backendkernels";

  /** The counters of what must be given back beside memory. */
  public static final List<String> HANDLES =
      List.of("live_streams", "live_events", "live_graphs", "live_modules");

  private static final String LIBRARIES_PROPERTY = "lamina.cuda.libraries";
  private static final String LIBRARIES_VARIABLE = "LAMINA_CUDA_LIBRARIES";

  /** For how many milliseconds the backend warms a GPU up; this one has no clocks to raise. */
  public static final String WARM_UP_PROPERTY = "lamina.cuda.warmup";

  private static Optional<CudaEmulator> instance = Optional.empty();
  private static boolean announced;

  private final EmulatorBuild build;
  private final Path libraries;
  private final SymbolLookup symbols;
  private final MethodHandle set;
  private final MethodHandle reset;
  private final MethodHandle counter;
  private final MethodHandle finding;
  private final MethodHandle live;
  private final MethodHandle load;
  private final MethodHandle declarations;

  private CudaEmulator(EmulatorBuild build, Path libraries) {
    this.build = build;
    this.libraries = libraries;
    this.symbols = SymbolLookup.libraryLookup(libraries.resolve("libcuda.so.1"), Arena.global());
    this.set = handle("cuemu_set", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    this.reset = handle("cuemu_reset", FunctionDescriptor.ofVoid());
    this.counter = handle("cuemu_counter", FunctionDescriptor.of(JAVA_LONG, ADDRESS));
    this.finding =
        handle("cuemu_finding", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG));
    this.live = handle("cuemu_live", GIVES_TEXT);
    this.load = handle("cuemu_load", TEXT_GIVES_TEXT);
    this.declarations = handle("cuemu_declarations", TEXT_GIVES_TEXT);
  }

  /**
   * The emulator, or a visible skip of the calling test where it cannot be: an aborted test, and
   * one line on standard error for the process.
   */
  public static CudaEmulator orSkip() {
    Optional<String> obstacle = obstacle();
    if (obstacle.isPresent()) {
      Assumptions.abort("CUDA emulator skipped: " + obstacle.get());
    }
    return start();
  }

  /**
   * Why there can be no emulator in this process, also said in one line on standard error; empty
   * where there is or can be one.
   */
  public static synchronized Optional<String> obstacle() {
    if (instance.isPresent()) {
      return Optional.empty();
    }
    Optional<String> obstacle = Optional.empty();
    if (mayHaveGpu() && Backends.probe().stream().anyMatch(CudaEmulator::isUsableGpu)) {
      obstacle = Optional.of("there is a real GPU here, and JCuda calls one driver in a process");
    } else if (Toolchain.find().isEmpty()) {
      obstacle = Optional.of("no g++ and nm on PATH (Debian: apt install g++)");
    } else {
      obstacle = realDriver().map(path -> "this process has loaded NVIDIA's driver, " + path);
    }
    if (obstacle.isPresent() && !announced) {
      announced = true;
      System.err.println("CUDA emulator skipped: " + obstacle.get());
    }
    return obstacle;
  }

  private static boolean isUsableGpu(DeviceReport report) {
    return report.usable() && report.id().startsWith("cuda");
  }

  /** Whether it is worth asking NVIDIA's driver: once asked, it stays in the process. */
  public static boolean mayHaveGpu() {
    return Files.exists(Path.of("/dev/nvidiactl"))
        || Files.exists(Path.of("/dev/dxg"))
        || namesDriver(System.getenv(LIBRARIES_VARIABLE));
  }

  /** Whether one of the folders that the backend is told to search has a driver. */
  private static boolean namesDriver(String folders) {
    return folders != null
        && Stream.of(folders.split(":")).anyMatch(f -> Files.exists(Path.of(f, "libcuda.so.1")));
  }

  /** Whether this process runs on the emulator. */
  public static synchronized boolean isRunning() {
    return instance.isPresent();
  }

  /** The emulator, built and loaded if it is not yet; {@link #obstacle} must be empty. */
  public static synchronized CudaEmulator start() {
    if (instance.isEmpty()) {
      instance = Optional.of(start(Toolchain.find().orElseThrow()));
    }
    return instance.get();
  }

  /** The real driver's library, if it is loaded: JCuda would call it. */
  private static Optional<String> realDriver() {
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      return maps.filter(line -> line.contains("/libcuda.so"))
          .map(line -> line.substring(line.indexOf('/')))
          .findFirst();
    } catch (IOException e) {
      return Optional.of("perhaps: /proc/self/maps cannot be read: " + e.getMessage());
    }
  }

  /**
   * Does something while this process's emulated GPU, if it has one, is too old to be used: for
   * what must choose its device as on a machine without a GPU.
   */
  public static synchronized <T> T hidden(Supplier<T> action) {
    if (instance.isEmpty()) {
      return action.get();
    }
    CudaEmulator emulator = instance.get();
    emulator.set("compute_capability", 50);
    try {
      return action.get();
    } finally {
      emulator.reset();
    }
  }

  /** How to build it, or empty where g++ is missing. */
  static Optional<EmulatorBuild> build() {
    return Toolchain.find().map(CudaEmulator::build);
  }

  private static EmulatorBuild build(Toolchain tools) {
    Path module = moduleFolder();
    return new EmulatorBuild(
        tools, module.resolve("src/test/native"), module.resolve("target/emulator"));
  }

  private static CudaEmulator start(Toolchain tools) {
    EmulatorBuild build = build(tools);
    Path libraries = build.libraries();
    // In this order: JCuda's libraries then find theirs loaded.
    for (String library : List.of("libcuda.so.1", "libcublasLt.so.12", "libcublas.so.12")) {
      System.load(libraries.resolve(library).toString());
    }
    loadJCuda(build.cache().folder().resolve("jcuda"));
    return new CudaEmulator(build, libraries);
  }

  /** JCuda unpacks its native libraries to java.io.tmpdir and trusts what lies there. */
  private static void loadJCuda(Path folder) {
    BuildCache.create(folder);
    String before = System.setProperty("java.io.tmpdir", folder.toString());
    try {
      JCudaDriver.setExceptionsEnabled(true);
      JCublas2.setExceptionsEnabled(true);
    } finally {
      System.setProperty("java.io.tmpdir", before);
    }
  }

  private MethodHandle handle(String name, FunctionDescriptor descriptor) {
    return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), descriptor);
  }

  /** The folder of the emulated libraries. */
  public Path libraries() {
    return libraries;
  }

  /** For building further libraries. */
  public EmulatorBuild emulatorBuild() {
    return build;
  }

  /**
   * Builds a library of kernels and makes its kernels known.
   *
   * @param name of the library's file
   * @param folder that the units' sources and all that they include lie in
   */
  public Path loadKernels(String name, Path folder, List<KernelUnit> units) {
    Path library = new KernelBuild(build).library(name, folder, units);
    String problem = text(load, library.toString());
    if (!problem.isEmpty()) {
      throw new IllegalStateException("cannot load " + library + ": " + problem);
    }
    return library;
  }

  /** Builds and loads the CUDA backend's kernels: one unit for each of its PTX files. */
  public List<KernelUnit> loadBackendKernels() {
    Path sources = backendSources();
    List<KernelUnit> units = KernelUnit.ofBackend(sources);
    loadKernels(BACKEND_KERNELS, sources, units);
    return units;
  }

  /**
   * Puts the emulator where the CUDA backend looks for its libraries: from now on this process has
   * a usable {@code cuda:0}.
   */
  public void enableBackend() {
    loadBackendKernels();
    System.setProperty(LIBRARIES_PROPERTY, libraries.toString());
    System.setProperty(WARM_UP_PROPERTY, "0");
  }

  /** The environment with which another process's CUDA backend runs on the emulator. */
  public Map<String, String> backendEnvironment() {
    Path sources = backendSources();
    Path kernels =
        new KernelBuild(build).library(BACKEND_KERNELS, sources, KernelUnit.ofBackend(sources));
    return Map.of(
        LIBRARIES_VARIABLE,
        libraries.toString(),
        "LAMINA_CUDA_WARMUP",
        "0",
        "CUEMU_KERNELS",
        kernels.toString());
  }

  private Path backendSources() {
    return BackendSources.in(build.cache(), backendFolder().resolve("src/main/cuda"));
  }

  static Path backendFolder() {
    return moduleFolder().resolveSibling("cuda-backend");
  }

  private static Path moduleFolder() {
    return Path.of(System.getProperty("basedir", System.getProperty("user.dir"))).toAbsolutePath();
  }

  /** PTX without code that declares the kernels of a unit, for sources that nvcc never sees. */
  public String declarations(String unit) {
    return text(declarations, unit);
  }

  /** Changes a setting until the next reset. The names are in {@code settings.cpp}. */
  public void set(String name, Object value) {
    try (Arena arena = Arena.ofConfined()) {
      int refused =
          (int)
              set.invokeExact(arena.allocateFrom(name), arena.allocateFrom(String.valueOf(value)));
      if (refused != 0) {
        throw new IllegalArgumentException("no setting " + name + " with value " + value);
      }
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Settings, findings, counters and a fault's sticky error as at the start. */
  public void reset() {
    try {
      reset.invokeExact();
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** A counter, by its name in {@code report.cpp} and {@code control.cpp}. */
  public long counter(String name) {
    try (Arena arena = Arena.ofConfined()) {
      long value = (long) counter.invokeExact(arena.allocateFrom(name));
      if (value < 0 && !name.startsWith("live_")) {
        throw new IllegalArgumentException("no counter " + name);
      }
      return value;
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** What was found since the last reset, in words, oldest first. */
  public List<String> findings() {
    List<String> findings = new ArrayList<>();
    for (long i = 0; i < counter("findings"); i++) {
      long index = i;
      findings.add(text((buffer, size) -> (long) finding.invokeExact(index, buffer, size)));
    }
    return findings;
  }

  /** The allocations that are alive, one a line. */
  public String live() {
    return text((buffer, size) -> (long) live.invokeExact(buffer, size));
  }

  private static String text(MethodHandle handle, String argument) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment c = arena.allocateFrom(argument);
      return text((buffer, size) -> (long) handle.invokeExact(c, buffer, size));
    }
  }

  @FunctionalInterface
  private interface TextSource {
    long copy(MemorySegment buffer, long size) throws Throwable;
  }

  private static String text(TextSource source) {
    try (Arena arena = Arena.ofConfined()) {
      for (long size = 4096; ; ) {
        MemorySegment buffer = arena.allocate(JAVA_BYTE, size);
        long length = source.copy(buffer, size);
        if (length < size) {
          return buffer.getString(0);
        }
        size = length + 1;
      }
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
