package dev.lamina.suite;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.BackendProvider;
import dev.lamina.backend.BackendUnavailableException;
import dev.lamina.backend.Backends;
import dev.lamina.backend.DeviceReport;
import dev.lamina.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The backends that the suite runs on: the oracle itself, and all that are found and usable. */
public final class BackendVariants {
  /** Every rung of the CPU backend's two ladders. */
  private static final List<Map<String, String>> CPU_RUNGS =
      List.of(
          Map.of("lamina.cpu.gemm", "onednn", "lamina.cpu.kernels", "vector"),
          Map.of("lamina.cpu.gemm", "vector", "lamina.cpu.kernels", "vector"),
          Map.of("lamina.cpu.gemm", "plain", "lamina.cpu.kernels", "plain"));

  private static final Map<DType, String> CUDA_UNSUPPORTED =
      Map.of(DType.FP64, "fp64 is for the CPU");

  /** Larger shapes show nothing more about the oracle compared with itself. */
  private static final long ORACLE_LARGEST = 1000;

  private static final Found FOUND = find();

  private BackendVariants() {}

  /** The oracle first, then every usable device, the CPU's once for each of its rungs. */
  public static List<BackendVariant> all() {
    return FOUND.usable();
  }

  /** The CPU backend with the same rungs and another number of threads. */
  public static List<BackendVariant> cpu(int threads) {
    Found found = new Found(new ArrayList<>(), new ArrayList<>());
    Backends.providers().stream()
        .filter(provider -> provider.name().equals("cpu"))
        .forEach(provider -> addRungs(provider, threads, found));
    return found.usable();
  }

  /** The devices and rungs that cannot be used, each with its reason. */
  static List<String> unusable() {
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
    List<DeviceReport> reports = provider.probe();
    for (int i = 0; i < reports.size(); i++) {
      DeviceReport report = reports.get(i);
      if (report.usable()) {
        BackendOptions options = BackendOptions.DEFAULT.withIndex(i);
        found
            .usable()
            .add(
                new BackendVariant(
                    report.id(), () -> provider.open(options), CUDA_UNSUPPORTED, Long.MAX_VALUE));
      } else {
        found.unusable().add(report.id() + ": " + report.reason());
      }
    }
  }
}
