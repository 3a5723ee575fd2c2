package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.Precision;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Options as the caller and the system property state them. */
class CudaOptionsTest {
  @AfterEach
  void clear() {
    System.clearProperty(CudaOptions.DEBUG_PROPERTY);
    System.clearProperty(CudaOptions.WARM_UP_PROPERTY);
  }

  @Test
  void defaultsAreTheDefaults() {
    assertEquals(CudaOptions.DEFAULT, CudaOptions.of(BackendOptions.DEFAULT));
  }

  @Test
  void debuggingRunsOneCallAfterTheOther() {
    System.setProperty(CudaOptions.DEBUG_PROPERTY, "true");
    CudaOptions options = CudaOptions.of(BackendOptions.DEFAULT);
    assertEquals(new CudaOptions(true, false, 1, Precision.FP32, true, 200), options);
  }

  @Test
  void theCallersChoicesAreTaken() {
    CudaOptions options =
        CudaOptions.of(BackendOptions.DEFAULT.withPrecision(Precision.TF32).withAutotune(false));
    assertEquals(
        new CudaOptions(false, true, CudaOptions.LANES, Precision.TF32, false, 200), options);
  }

  @Test
  void howLongTheGpuIsWarmedUpIsASetting() {
    System.setProperty(CudaOptions.WARM_UP_PROPERTY, "0");
    assertEquals(0, CudaOptions.of(BackendOptions.DEFAULT).warmUpMilliseconds());
    for (String wrong : List.of("-1", "long", "60001", "123456")) {
      System.setProperty(CudaOptions.WARM_UP_PROPERTY, wrong);
      String message =
          assertThrows(LaminaException.class, () -> CudaOptions.of(BackendOptions.DEFAULT))
              .getMessage();
      assertTrue(message.startsWith("lamina.cuda.warmup is '" + wrong + "'"), message);
    }
  }
}
