package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.Backends;
import dev.lamina.backend.KernelMemory;
import dev.lamina.backend.Precision;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import dev.lamina.train.TrainingStep;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The memory that a step is said to take is what the emulated driver counts. */
class CudaMemoryTest extends EmulatedProducts {
  private static final int INPUTS = 40;
  private static final int BATCH = 48;

  private static Backend open(BackendOptions options, Precision precision) {
    return Backends.open("cuda", options.withPrecision(precision));
  }

  private static Model model(Backend backend, Activation activation, int... hidden) {
    List<Integer> widths = IntStream.of(hidden).boxed().toList();
    return Model.create(Sequential.mlp(INPUTS, widths, 10, activation, 0), INPUTS, backend, 1);
  }

  private static TrainingStep.Builder step(Model model) {
    return TrainingStep.of(model).batchSize(BATCH);
  }

  private static void run(TrainingStep step) {
    MemorySegment inputs = MemorySegment.ofArray(new float[BATCH * INPUTS]);
    step.feed(inputs, MemorySegment.ofArray(new int[BATCH]));
    step.run(3);
    assertTrue(step.losses().mean() > 0);
  }

  /** Makes all streams with their handles by a step with other shapes. */
  private static void warm(Backend backend) {
    try (Model other = model(backend, Activation.SIGMOID, 23, 23);
        TrainingStep step = step(other).build()) {
      run(step);
    }
  }

  /** The most that was live since the last call. */
  private long peak(Runnable work) {
    // Only a reset forgets the last peak; the memory that is live stays counted.
    emulator.reset();
    work.run();
    return emulator.counter("peak_bytes");
  }

  private static void buildAndRun(Model model) {
    try (TrainingStep step = step(model).build()) {
      run(step);
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void theStatedPeakIsTheRealOne(Precision precision) {
    for (boolean known : new boolean[] {false, true}) {
      try (Backend backend = open(MEASURED, precision)) {
        warm(backend);
        try (Model model = model(backend, Activation.TANH, 128, 64)) {
          long before = emulator.counter("live_bytes");
          long stated = step(model).peakBytes();
          KernelMemory kernels = step(model).plan().kernelMemory();
          assertTrue(kernels.needed() > 0, "scratch of reductions");
          assertEquals(0, kernels.wanted(), "no masks for tanh");
          assertEquals(known, kernels.passing() == 0, kernels.toString());
          assertEquals(before, emulator.counter("live_bytes"), "told without allocating");
          assertEquals(before + stated, peak(() -> buildAndRun(model)));
        }
      }
    }
  }

  /** Whether ReLU leaves masks is known after the first time only. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void masksAreCounted(Precision precision) {
    for (boolean known : new boolean[] {false, true}) {
      try (Backend backend = open(MEASURED, precision)) {
        warm(backend);
        try (Model model = model(backend, Activation.RELU, 128, 64)) {
          long before = emulator.counter("live_bytes");
          long stated = before + step(model).peakBytes();
          KernelMemory kernels = step(model).plan().kernelMemory();
          long masks = (128 + 128) * BATCH / 8;
          if (known) {
            // Times on the emulator say by chance which of the two are worth it.
            assertTrue(kernels.wanted() <= masks && kernels.wanted() % (masks / 2) == 0);
          } else {
            assertEquals(masks, kernels.wanted());
          }
          long real = peak(() -> buildAndRun(model));
          assertTrue(real <= stated, () -> real + " of " + stated);
          assertTrue(real >= stated - (known ? 0 : kernels.passing()), real + " of " + stated);
        }
      }
    }
  }

  @Test
  void nothingIsMeasuredIfThatIsNotWanted() {
    try (Backend backend = open(FIRST, Precision.BF16);
        Model model = model(backend, Activation.RELU, 128, 64)) {
      KernelMemory kernels = step(model).plan().kernelMemory();
      assertEquals(kernels.needed(), kernels.peak());
      try (TrainingStep step = step(model).build()) {
        assertEquals(kernels.needed(), step.program().workspaceBytes());
      }
    }
  }

  /** Streams that are not there yet, with cuBLAS's memory for each, are no free memory. */
  @Test
  void whatIsFreeIsReallyFree() {
    try (Backend backend = open(FIRST, Precision.FP32)) {
      long free = backend.freeBytes();
      warm(backend);
      assertEquals(free, backend.freeBytes());
    }
  }

  /** A step for which there is just enough memory is made and runs; with less it is refused. */
  @Test
  void theLastByteCounts() {
    try (Backend backend = open(FIRST, Precision.FP32)) {
      warm(backend);
      try (Model model = model(backend, Activation.RELU, 128, 64)) {
        long stated = emulator.counter("live_bytes") + step(model).peakBytes();
        emulator.set("memory", stated);
        buildAndRun(model);
        emulator.set("memory", stated - 1);
        String message =
            assertThrows(LaminaException.class, () -> step(model).build()).getMessage();
        assertTrue(message.contains("has too little memory for a training step"), message);
        assertTrue(message.contains("scratch memory of kernels"), message);
      }
    }
  }
}
