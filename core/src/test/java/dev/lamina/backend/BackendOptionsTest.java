package dev.lamina.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import org.junit.jupiter.api.Test;

/** What can be asked for, and what is said of the rest. */
class BackendOptionsTest {
  private static String refused(Runnable action) {
    return assertThrows(LaminaException.class, action::run).getMessage();
  }

  /** As many as 100,000 took minutes and all memory. */
  @Test
  void threadsHaveALimit() {
    assertEquals(1024, BackendOptions.DEFAULT.withThreads(1024).threads());
    assertEquals(
        "100000 threads: expected 1 to 1024, or 0 for all cores",
        refused(() -> BackendOptions.DEFAULT.withThreads(100_000)));
    refused(() -> BackendOptions.DEFAULT.withThreads(-1));
    refused(() -> BackendOptions.DEFAULT.withIndex(-1));
  }

  @Test
  void onlyLibrariesThatThereAreAreRecommended() {
    String message = refused(() -> Backends.open("gpu\u001b"));
    assertTrue(message.startsWith("device 'gpu\\u001b': there is no such backend here"), message);
    assertFalse(message.contains("lamina-gpu"), message);
    assertTrue(message.contains("lamina-cpu and dev.lamina:lamina-cuda"), message);
  }
}
