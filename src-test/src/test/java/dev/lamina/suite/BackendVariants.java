package dev.lamina.suite;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.BackendProvider;
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

  private BackendVariants() {}

  /** The oracle first, then every usable device. */
  public static List<BackendVariant> all() {
    List<BackendVariant> variants = new ArrayList<>();
    variants.add(new BackendVariant("oracle", OracleBackend::new, Map.of(), ORACLE_LARGEST));
    for (BackendProvider provider : Backends.providers()) {
      if (provider.name().equals("cpu")) {
        for (Map<String, String> rung : CPU_RUNGS) {
          variants.add(cpu(provider, rung, 2));
        }
      } else {
        addDevices(provider, variants);
      }
    }
    return List.copyOf(variants);
  }

  /** The CPU backend with the same rungs and another number of threads. */
  public static List<BackendVariant> cpu(int threads) {
    return Backends.providers().stream()
        .filter(provider -> provider.name().equals("cpu"))
        .flatMap(provider -> CPU_RUNGS.stream().map(rung -> cpu(provider, rung, threads)))
        .toList();
  }

  /** The devices that cannot be used, each with its reason. */
  static List<String> unusable() {
    return Backends.probe().stream()
        .filter(report -> !report.usable())
        .map(report -> report.id() + ": " + report.reason())
        .toList();
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

  private static void addDevices(BackendProvider provider, List<BackendVariant> variants) {
    List<DeviceReport> reports = provider.probe();
    for (int i = 0; i < reports.size(); i++) {
      if (reports.get(i).usable()) {
        BackendOptions options = BackendOptions.DEFAULT.withIndex(i);
        variants.add(
            new BackendVariant(
                reports.get(i).id(),
                () -> provider.open(options),
                CUDA_UNSUPPORTED,
                Long.MAX_VALUE));
      }
    }
  }
}
