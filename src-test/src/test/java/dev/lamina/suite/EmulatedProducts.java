package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.BackendOptions;
import dev.lamina.emulator.CudaEmulator;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests of the CUDA backend's products on the emulator, with a cache of their own for what is
 * measured; the emulator must find nothing.
 */
abstract class EmulatedProducts {
  static final BackendOptions MEASURED = BackendOptions.DEFAULT;
  static final BackendOptions FIRST = BackendOptions.DEFAULT.withAutotune(false);

  static final String CACHE_PROPERTY = "lamina.cache";

  @TempDir Path cache;

  CudaEmulator emulator;
  private String cacheBefore;

  @BeforeEach
  final void start() {
    emulator = CudaEmulator.orSkip();
    emulator.reset();
    emulator.enableBackend();
    cacheBefore = System.setProperty(CACHE_PROPERTY, cache.toString());
  }

  /** How many kernels and library functions something starts. */
  final List<Long> started(Runnable run) {
    long launches = emulator.counter("launches");
    long functions = emulator.counter("library_calls");
    run.run();
    return List.of(
        emulator.counter("launches") - launches, emulator.counter("library_calls") - functions);
  }

  @AfterEach
  final void end() {
    if (emulator == null) {
      return;
    }
    if (cacheBefore == null) {
      System.clearProperty(CACHE_PROPERTY);
    } else {
      System.setProperty(CACHE_PROPERTY, cacheBefore);
    }
    List<String> findings = emulator.findings();
    String live = emulator.live();
    emulator.reset();
    assertEquals(List.of(), findings);
    assertEquals("", live);
  }
}
