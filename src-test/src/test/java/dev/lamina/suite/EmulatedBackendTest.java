package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.Backends;
import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.emulator.CudaEmulator;
import dev.lamina.op.Activation;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.List;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the emulator finds fails the test that closes the backend. */
class EmulatedBackendTest {
  private CudaEmulator emulator;
  private Backend backend;

  @BeforeEach
  void open() {
    emulator = CudaEmulator.orSkip();
    emulator.enableBackend();
    backend = EmulatedBackend.open(emulator, () -> Backends.open("cuda", BackendOptions.DEFAULT));
    emulator.set("quiet", true);
  }

  @AfterEach
  void reset() {
    if (emulator != null) {
      emulator.reset();
    }
  }

  /** It ends the run at once, as a fault of a kernel would. */
  @Test
  void aReadOfWhatNothingWrote() {
    assertThrows(LaminaException.class, this::readWhatNothingWrote);
    assertThrows(LaminaException.class, backend::close);
    String finding = emulator.findings().getFirst();
    assertTrue(finding.contains("uninitialised read"), finding);
    assertTrue(EmulatedBackend.complaints(emulator).contains(finding));
  }

  private void readWhatNothingWrote() {
    TensorType type = TensorType.of(DType.FP32, 300);
    try (Memory memory = backend.allocate("never written", 4096)) {
      Call call =
          new Call(
              "relu",
              Activation.RELU.function().on(type),
              List.of(new Operand(memory, 0, type)),
              List.of(new Operand(memory, 2048, type)));
      try (Executable executable = backend.compile("test", List.of(call))) {
        executable.run();
      }
    }
  }

  @Test
  void anAllocationThatIsLeft() {
    CUdeviceptr left = new CUdeviceptr();
    JCudaDriver.cuMemAlloc(left, 1234);
    String complaint = assertThrows(AssertionError.class, backend::close).getMessage();
    assertTrue(complaint.contains("1234 bytes"), complaint);
    try (Backend other = Backends.open("cuda")) {
      other.synchronize();
      JCudaDriver.cuMemFree(left);
    }
    assertEquals("", emulator.live());
  }
}
