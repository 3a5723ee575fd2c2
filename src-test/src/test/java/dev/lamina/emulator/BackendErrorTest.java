package dev.lamina.emulator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.Memory;
import dev.lamina.model.SavedModel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What goes wrong on a GPU ends a run with an error that says what, where and what to do; nothing
 * is left behind, the virtual machine lives, and the next run is as if nothing had been.
 */
class BackendErrorTest extends EmulatedDevice {
  private static final int STEPS = 12;
  private static final String ADAM = "adam_f32";

  @TempDir private Path folder;

  @BeforeEach
  void start() {
    emulator.set("quiet", true);
  }

  @AfterEach
  void stop() {
    if (emulator != null) {
      emulator.reset();
      assertEquals("", emulator.live(), "what is left");
      for (String handles : CudaEmulator.HANDLES) {
        assertEquals(0, emulator.counter(handles), handles);
      }
    }
  }

  private static double[] train() {
    try (Backend backend = SmallTraining.openCuda();
        SmallTraining training = new SmallTraining(backend)) {
      training.step().run(1);
      training.step().run(STEPS - 1);
      return training.parameters();
    }
  }

  /** A run must fail and the error say everything. */
  private static void fails(String when, String... said) {
    LaminaException error = assertThrows(LaminaException.class, BackendErrorTest::train, when);
    for (String part : said) {
      assertTrue(error.getMessage().contains(part), () -> part + ": " + error.getMessage());
    }
  }

  private static String debugging(Runnable action) {
    System.setProperty("lamina.cuda.debug", "true");
    try {
      return assertThrows(LaminaException.class, action::run).getMessage();
    } finally {
      System.clearProperty("lamina.cuda.debug");
    }
  }

  /** Each of a run's allocations fails once, and everything that was made before is freed. */
  @Test
  void eachAllocationInTurn() {
    train();
    long allocations = emulator.counter("allocations");
    assertTrue(allocations > 5, () -> allocations + " allocations");
    for (int i = 0; i < allocations; i++) {
      emulator.reset();
      emulator.set("quiet", true);
      emulator.set("fail_allocation", i);
      fails("allocation " + i, "cuda", "allocat", "bytes");
      assertEquals("", emulator.live(), "left after allocation " + i + " failed");
    }
  }

  @Test
  void tooLittleMemory() {
    emulator.set("memory", 300L << 20);
    try (Backend backend = SmallTraining.openCuda();
        Memory some = backend.allocate("the first", 1 << 20)) {
      LaminaException error =
          assertThrows(LaminaException.class, () -> backend.allocate("the second", 1L << 30));
      for (String part :
          List.of("cuda:0", "the second", "1,073,741,824 bytes", "are free", "smaller batch")) {
        assertTrue(error.getMessage().contains(part), error::getMessage);
      }
      assertEquals(1 << 20, some.byteSize());
    }
  }

  @Test
  void aKernelThatTheModuleLacks() {
    emulator.set("missing_functions", ADAM);
    fails("missing", "cuda: ", ADAM, "CUDA_ERROR_NOT_FOUND", "adam of [FP32[");
  }

  @Test
  void anEntryPointThatTheDriverRefuses() {
    for (String function :
        List.of(
            "cuStreamCreateWithPriority",
            "cuModuleLoadDataEx",
            "cuEventCreate",
            "cuGraphInstantiateWithFlags")) {
      emulator.reset();
      emulator.set("quiet", true);
      emulator.set("unsupported", function);
      fails(function, "cuda: ", "CUDA_ERROR_NOT_SUPPORTED");
    }
  }

  @Test
  void aKernelThatFails() {
    emulator.set("fault_kernel", ADAM);
    fails(
        "fault",
        "cuda: ",
        "CUDA_ERROR_ILLEGAL_ADDRESS",
        "last checkpoint",
        "-Dlamina.cuda.debug=true");
    emulator.reset();
    emulator.set("quiet", true);
    emulator.set("fault_kernel", ADAM);
    String message = debugging(BackendErrorTest::train);
    for (String part : List.of("adam of [FP32[", "CUDA_ERROR_ILLEGAL_ADDRESS")) {
      assertTrue(message.contains(part), message);
    }
  }

  /** The device is lost after each number of operations until a run gets through. */
  @Test
  void aDeviceThatIsLostAtAnyTime() {
    double[] expected = train();
    int lost = 0;
    for (int after = 0; ; after += 1 + after / 8) {
      emulator.reset();
      emulator.set("quiet", true);
      emulator.set("lose_device_after", after);
      try {
        assertArrayEquals(expected, train());
        break;
      } catch (LaminaException e) {
        lost++;
        assertTrue(
            e.getMessage().contains("CUDA_ERROR_UNKNOWN")
                || e.getMessage().contains("CUBLAS_STATUS_EXECUTION_FAILED"),
            e::getMessage);
        assertTrue(e.getMessage().contains("checkpoint"), e::getMessage);
        emulator.set("lose_device_after", -1);
        emulator.reset();
        assertEquals("", emulator.live(), "left after a loss after " + after);
      }
    }
    assertTrue(lost > 10, "lost at " + lost + " places");
    emulator.reset();
    assertArrayEquals(expected, train(), "a run afterwards");
  }

  @Test
  void whatWasSavedBeforeIsSafe() {
    Path saved = folder.resolve("model");
    double[] before;
    Backend backend = SmallTraining.openCuda();
    SmallTraining training = new SmallTraining(backend);
    training.step().run(5);
    before = training.parameters();
    SavedModel.save(saved, training.model(), SmallTraining.description());
    emulator.set("fault_kernel", ADAM);
    training.step().run(3);
    assertThrows(LaminaException.class, () -> training.step().losses());
    assertThrows(
        LaminaException.class,
        () -> SavedModel.save(saved, training.model(), SmallTraining.description()));
    assertThrows(LaminaException.class, training::close);
    assertThrows(LaminaException.class, backend::close);
    emulator.reset();
    for (String device : List.of("cpu", "cuda")) {
      try (Backend other = Backends.open(device);
          SavedModel.LoadedModel loaded = SavedModel.load(saved, other)) {
        assertArrayEquals(before, SmallTraining.parameters(loaded.model()), device);
      }
    }
  }

  @Test
  void aGpuThatIsTooOld() {
    emulator.set("compute_capability", 70);
    LaminaException error = assertThrows(LaminaException.class, SmallTraining::openCuda);
    assertTrue(error.getMessage().contains("7.0, expected at least 7.5"), error::getMessage);
  }
}
