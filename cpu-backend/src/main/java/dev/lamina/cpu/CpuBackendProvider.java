package dev.lamina.cpu;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.BackendProvider;
import dev.lamina.backend.BackendUnavailableException;
import dev.lamina.backend.DeviceReport;
import dev.lamina.cpu.onednn.DnnlLibrary;
import dev.lamina.host.SystemMemory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The CPU backend's registration. It can always be used; how fast it is depends on what is there.
 *
 * <p>Matrix products of FP32 run on oneDNN, where its library is on the class path and the system
 * is Linux on x86-64; else, and for FP64, on the Vector API, where Java was started with {@code
 * --add-modules jdk.incubator.vector}; else in plain Java. Everything else runs on the Vector API
 * or in plain Java. {@link dev.lamina.backend.Device#notes()} says what is missing and what it
 * costs.
 *
 * <p>Two system properties choose otherwise, for tests and measurements:
 *
 * <ul>
 *   <li>{@value #GEMM_PROPERTY}: {@code auto}, {@code onednn}, {@code vector} or {@code plain}
 *   <li>{@value #KERNELS_PROPERTY}: {@code auto}, {@code vector} or {@code plain}
 * </ul>
 *
 * <p>oneDNN's libraries are unpacked once into {@code ~/.cache/lamina}; the system property {@code
 * lamina.cache} or the environment variable {@code LAMINA_CACHE} names another folder.
 */
public final class CpuBackendProvider implements BackendProvider {
  /** The system property that chooses how matrices are multiplied. */
  public static final String GEMM_PROPERTY = "lamina.cpu.gemm";

  /** The system property that chooses how everything else is done. */
  public static final String KERNELS_PROPERTY = "lamina.cpu.kernels";

  /** Made by {@link java.util.ServiceLoader}. */
  public CpuBackendProvider() {}

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public int preference() {
    return 0;
  }

  @Override
  public List<DeviceReport> probe() {
    Map<String, String> details = new LinkedHashMap<>();
    details.put("cores", Integer.toString(Machine.cores()));
    long memory = SystemMemory.totalBytes();
    details.put(
        "memory",
        memory == 0 ? "unknown" : String.format(Locale.ROOT, "%.1f GiB", memory / 0x1p30));
    DnnlLibrary.Status dnnl = DnnlLibrary.status();
    String oneDnn = dnnl.description() + (dnnl.remedy().isEmpty() ? "" : ". " + dnnl.remedy());
    details.put("matrix products", dnnl.usable() ? oneDnn : "Java (no oneDNN: " + oneDnn + ")");
    details.put(
        "Vector API",
        VectorModule.description() + (VectorModule.present() ? "" : ". " + VectorModule.REMEDY));
    return List.of(DeviceReport.usable("cpu", Machine.cpuName(), details));
  }

  @Override
  public Backend open(BackendOptions options) {
    if (options.index() != 0) {
      throw new BackendUnavailableException(
          "cpu:" + options.index(), "the CPU is a single device", "Use cpu");
    }
    return new CpuBackend(
        options.threads() == 0 ? Machine.cores() : options.threads(),
        Choice.of(GEMM_PROPERTY, Choice.ONEDNN, Choice.VECTOR, Choice.PLAIN),
        Choice.of(KERNELS_PROPERTY, Choice.VECTOR, Choice.PLAIN),
        options.precision());
  }
}
