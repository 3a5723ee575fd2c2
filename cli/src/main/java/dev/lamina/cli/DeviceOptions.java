package dev.lamina.cli;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.Backends;
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

  /** Refuses what no device can do. */
  void check() {
    Options.between("--threads", threads, 0, MOST_THREADS);
  }

  /** Opens the device and tells, on the error stream, what the user should know of it. */
  Backend open(PrintWriter err) {
    check();
    Backend backend = Backends.open(device, BackendOptions.DEFAULT.withThreads(threads));
    backend.device().notes().forEach(note -> err.println("note: " + note));
    err.flush();
    return backend;
  }
}
