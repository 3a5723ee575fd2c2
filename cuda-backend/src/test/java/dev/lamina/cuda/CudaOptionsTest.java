package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.Precision;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Options as the caller and the system property state them. */
class CudaOptionsTest {
  @AfterEach
  void clear() {
    System.clearProperty(CudaOptions.DEBUG_PROPERTY);
  }

  @Test
  void defaultsAreTheDefaults() {
    assertEquals(CudaOptions.DEFAULT, CudaOptions.of(BackendOptions.DEFAULT));
  }

  @Test
  void debuggingRunsOneCallAfterTheOther() {
    System.setProperty(CudaOptions.DEBUG_PROPERTY, "true");
    CudaOptions options = CudaOptions.of(BackendOptions.DEFAULT);
    assertEquals(new CudaOptions(true, false, 1, Precision.FP32, true), options);
  }

  @Test
  void theCallersChoicesAreTaken() {
    CudaOptions options =
        CudaOptions.of(BackendOptions.DEFAULT.withPrecision(Precision.TF32).withAutotune(false));
    assertEquals(new CudaOptions(false, true, CudaOptions.LANES, Precision.TF32, false), options);
  }
}
