package dev.lamina.suite;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.BackendProvider;
import dev.lamina.backend.BackendUnavailableException;
import dev.lamina.backend.Backends;
import dev.lamina.backend.DeviceReport;
import dev.lamina.emulator.CudaEmulator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** The backends that the suite runs on: the oracle itself, and all that are found and usable. */
public final class BackendVariants {
  /** Every rung of the CPU backend's two ladders. */
  private static final List<Map<String, String>> CPU_RUNGS =
      List.of(
          Map.of("lamina.cpu.gemm", "onednn", "lamina.cpu.kernels", "vector"),
          Map.of("lamina.cpu.gemm", "vector", "lamina.cpu.kernels", "vector"),
          Map.of("lamina.cpu.gemm", "plain", "lamina.cpu.kernels", "plain"));

  /** Larger shapes show nothing more about the oracle compared with itself. */
  private static final long ORACLE_LARGEST = 1000;

  /** The emulator is slow, and 4097 elements already take several blocks and an odd rest. */
  private static final long EMULATOR_LARGEST = 5000;

  private static final String CUDA = "cuda";

  /**
   * System property: how the names of the only devices begin that tests shall run on, for example
   * {@code cuda}; without it they run on all.
   */
  private static final String ONLY = "lamina.tests.devices";

  /**
   * Measuring each of some thousand shapes takes minutes on a GPU, what is fastest on the emulator
   * is of no interest, and choosing by time gives other bits. {@link CudaDeviceTest} measures some.
   */
  private static final BackendOptions UNTIMED = BackendOptions.DEFAULT.withAutotune(false);

  /**
   * The emulator's NVRTC takes a second for each formula: those without a shipped kernel are
   * interpreted, but for those of {@link PrintedFormulasTest}.
   */
  private static final Map<String, String> INTERPRETING = Map.of("lamina.cuda.nvrtc", "false");

  private static final Found FOUND = find();

  private BackendVariants() {}

  /** Whether tests run on some devices only, which were asked for. */
  static boolean isSelected() {
    return System.getProperty(ONLY) != null;
  }

  /** The oracle first, then every usable device, the CPU's once for each of its rungs. */
  public static List<BackendVariant> all() {
    return FOUND.usable();
  }

  /** What is checked on a device. */
  public interface Body {
    /** Fails if it is wrong there. */
    void check(BackendVariant variant) throws Exception;
  }

  /** A test for each of {@link #all()}, named by it. */
  public static Stream<DynamicTest> onEach(Body body) {
    return onEach(all(), body);
  }

  /** A test for each of some devices, named by it. */
  public static Stream<DynamicTest> onEach(List<BackendVariant> variants, Body body) {
    return variants.stream()
        .map(variant -> DynamicTest.dynamicTest(variant.name(), () -> body.check(variant)));
  }

  /** The same with the device open. */
  public static Stream<DynamicTest> onEachOpen(Consumer<Backend> body) {
    return onEach(variant -> {
      try (Backend backend = variant.open().get()) {
        body.accept(backend);
      }
    });
  }

  /** The CPU backend with the same rungs and another number of threads. */
  public static List<BackendVariant> cpu(int threads) {
    Found found = new Found(new ArrayList<>(), new ArrayList<>());
    Backends.providers().stream()
        .filter(provider -> provider.name().equals("cpu"))
        .forEach(provider -> addRungs(provider, threads, found));
    return found.usable();
  }

  /** The CUDA devices among them: real, or emulated, or none. */
  public static List<BackendVariant> cuda() {
    return FOUND.usable().stream().filter(v -> v.name().startsWith(CUDA)).toList();
  }

  /** The devices and rungs that cannot be used, each with its reason. */
  public static List<String> unusable() {
    return FOUND.unusable();
  }

  /** What can be used, and why the rest cannot. */
  private record Found(List<BackendVariant> usable, List<String> unusable) {}

  private static Found find() {
    Found found = new Found(new ArrayList<>(), new ArrayList<>());
    found.usable().add(new BackendVariant("oracle", OracleBackend::new, Map.of(), ORACLE_LARGEST));
    for (BackendProvider provider : Backends.providers()) {
      if (provider.name().equals("cpu")) {
        addRungs(provider, 2, found);
      } else {
        addDevices(provider, found);
      }
    }
    if (found.usable().stream().noneMatch(v -> v.name().startsWith(CUDA))) {
      addEmulator(found);
    }
    String only = System.getProperty(ONLY, "");
    found.usable().removeIf(variant -> !variant.name().startsWith(only));
    return found;
  }

  private static void addRungs(BackendProvider provider, int threads, Found found) {
    for (Map<String, String> rung : CPU_RUNGS) {
      BackendVariant variant = cpu(provider, rung, threads);
      try (Backend backend = variant.open().get()) {
        backend.synchronize();
        found.usable().add(variant);
      } catch (BackendUnavailableException e) {
        found.unusable().add(variant + ": " + e.getMessage());
      }
    }
  }

  private static BackendVariant cpu(
      BackendProvider provider, Map<String, String> rung, int threads) {
    String name =
        "cpu[gemm="
            + rung.get("lamina.cpu.gemm")
            + ",kernels="
            + rung.get("lamina.cpu.kernels")
            + "]";
    BackendOptions options = BackendOptions.DEFAULT.withThreads(threads);
    return new BackendVariant(name, () -> openWith(rung, provider, options));
  }

  /** Opens with system properties set, and puts them back. */
  private static Backend openWith(
      Map<String, String> properties, BackendProvider provider, BackendOptions options) {
    Map<String, String> before = new TreeMap<>();
    properties.forEach((key, value) -> {
      String old = System.setProperty(key, value);
      if (old != null) {
        before.put(key, old);
      }
    });
    try {
      return provider.open(options);
    } finally {
      properties.keySet().forEach(System::clearProperty);
      before.forEach(System::setProperty);
    }
  }

  private static void addDevices(BackendProvider provider, Found found) {
    if (provider.name().equals(CUDA) && (CudaEmulator.isRunning() || !CudaEmulator.mayHaveGpu())) {
      return;
    }
    List<DeviceReport> reports = provider.probe();
    for (int i = 0; i < reports.size(); i++) {
      DeviceReport report = reports.get(i);
      if (report.usable()) {
        // The emulator too may be what the environment names as the driver.
        boolean emulated = report.name().startsWith(CudaEmulator.DEVICE_NAME);
        BackendOptions options = UNTIMED.withIndex(i);
        long largest = emulated ? EMULATOR_LARGEST : Long.MAX_VALUE;
        found
            .usable()
            .add(new BackendVariant(report.id(), () -> provider.open(options), Map.of(), largest));
      } else {
        found.unusable().add(report.id() + ": " + report.reason());
      }
    }
  }

  /** The CUDA backend on the emulator, where no GPU can be used. */
  private static void addEmulator(Found found) {
    Optional<BackendProvider> cuda =
        Backends.providers().stream().filter(p -> p.name().equals(CUDA)).findFirst();
    if (cuda.isEmpty()) {
      return;
    }
    Optional<String> obstacle = CudaEmulator.obstacle();
    if (obstacle.isPresent()) {
      found.unusable().add("cuda: skipped, no GPU, and no emulator: " + obstacle.get());
      return;
    }
    CudaEmulator emulator = CudaEmulator.start();
    emulator.enableBackend();
    found
        .usable()
        .add(
            new BackendVariant(
                "cuda[emulated]",
                () ->
                    EmulatedBackend.open(
                        emulator, () -> openWith(INTERPRETING, cuda.get(), UNTIMED)),
                Map.of(),
                EMULATOR_LARGEST));
  }
}
