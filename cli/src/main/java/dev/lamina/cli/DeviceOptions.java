package dev.lamina.cli;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.Backends;
import dev.lamina.backend.Precision;
import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** Where to compute. */
final class DeviceOptions {
  private static final int MOST_THREADS = 1024;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "auto",
      description = "auto, cpu, cuda or cuda:N (default: ${DEFAULT-VALUE}).")
  private String device;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "Threads of the CPU backend (default: all cores).")
  private int threads;

  @Option(
      names = "--precision",
      paramLabel = "PRECISION",
      defaultValue = "fp32",
      description =
          "How a GPU multiplies matrices: fp32 or tf32, faster with 10 bits of mantissa"
              + " (default: ${DEFAULT-VALUE}).")
  private String precision;

  @Option(
      names = "--no-autotune",
      description =
          "For a quick start: don't measure on a GPU which way to multiply matrices is fastest.")
  private boolean noAutotune;

  /** Refuses what no device can do. */
  void check() {
    Options.between("--threads", threads, 0, MOST_THREADS);
    precision();
  }

  private Precision precision() {
    return switch (precision) {
      case "fp32" -> Precision.FP32;
      case "tf32" -> Precision.TF32;
      default -> throw new LaminaException("--precision " + precision + ": expected fp32 or tf32");
    };
  }

  /** Opens the device and tells, on the error stream, what the user should know of it. */
  Backend open(PrintWriter err) {
    check();
    BackendOptions options =
        BackendOptions.DEFAULT
            .withThreads(threads)
            .withPrecision(precision())
            .withAutotune(!noAutotune);
    Backend backend = Backends.open(device, options);
    backend.device().notes().forEach(note -> err.println("note: " + note));
    if (options.precision() == Precision.TF32 && backend.device().id().equals("cpu")) {
      err.println("note: --precision tf32 is for GPUs; the CPU computes in fp32");
    }
    err.flush();
    return backend;
  }
}
