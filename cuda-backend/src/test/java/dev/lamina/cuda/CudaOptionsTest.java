package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Options as system properties state them. */
class CudaOptionsTest {
  @AfterEach
  void clear() {
    System.clearProperty(CudaOptions.DEBUG_PROPERTY);
    System.clearProperty(CudaOptions.PRECISION_PROPERTY);
  }

  @Test
  void withoutPropertiesTheDefaults() {
    assertEquals(CudaOptions.DEFAULT, CudaOptions.fromProperties());
  }

  @Test
  void debuggingRunsOneCallAfterTheOther() {
    System.setProperty(CudaOptions.DEBUG_PROPERTY, "true");
    CudaOptions options = CudaOptions.fromProperties();
    assertEquals(new CudaOptions(true, false, 1, CudaOptions.Precision.FP32), options);
  }

  @Test
  void precisionByName() {
    System.setProperty(CudaOptions.PRECISION_PROPERTY, "tf32");
    assertEquals(CudaOptions.Precision.TF32, CudaOptions.fromProperties().precision());
    System.setProperty(CudaOptions.PRECISION_PROPERTY, "fp8");
    String message = assertThrows(LaminaException.class, CudaOptions::fromProperties).getMessage();
    assertTrue(message.contains("fp8") && message.contains("tf32"), message);
  }
}
