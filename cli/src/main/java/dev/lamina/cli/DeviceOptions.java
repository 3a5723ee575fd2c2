package dev.lamina.cli;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
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
          "In which numbers a GPU computes: fp32; tf32, products with 10 bits of mantissa, faster;"
              + " bf16, training with weights and activations of 16 bits, fastest (default:"
              + " ${DEFAULT-VALUE}).")
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
      case "bf16" -> Precision.BF16;
      default ->
          throw new LaminaException("--precision " + precision + ": expected fp32, tf32 or bf16");
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
    backend.device().notes().forEach(note -> err.println("note: " + Quote.message(note)));
    if (options.precision() != Precision.FP32 && backend.device().id().equals("cpu")) {
      err.println("note: --precision " + precision + " is for GPUs; the CPU computes in fp32");
    }
    err.flush();
    return backend;
  }
}
