package dev.lamina.emulator;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Tests of the CUDA backend on the emulator as it is at first. */
abstract class EmulatedDevice {
  CudaEmulator emulator;

  @BeforeEach
  final void startEmulator() {
    emulator = CudaEmulator.orSkip();
    emulator.enableBackend();
    emulator.reset();
  }

  @AfterEach
  final void resetEmulator() {
    if (emulator != null) {
      emulator.reset();
    }
  }
}
