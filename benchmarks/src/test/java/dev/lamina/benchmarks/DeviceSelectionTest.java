package dev.lamina.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.backend.BackendProvider;
import dev.lamina.backend.BackendUnavailableException;
import dev.lamina.backend.DeviceReport;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeviceSelectionTest {
  private static final DeviceReport CPU = DeviceReport.usable("cpu", "a CPU", Map.of());
  private static final DeviceReport GPU = DeviceReport.usable("cuda:0", "a GPU", Map.of());
  private static final DeviceReport SECOND = DeviceReport.usable("cuda:1", "a GPU", Map.of());
  private static final DeviceReport BROKEN =
      DeviceReport.unusable("cuda:0", "it fell off the bus", "Start the machine anew");
  private static final DeviceReport NONE =
      DeviceReport.unusable("cuda", "no NVIDIA driver", "Install one");

  private static List<BackendProvider> with(DeviceReport... gpus) {
    return List.of(
        new FakeProvider("cuda", 100, List.of(gpus)), new FakeProvider("cpu", 0, List.of(CPU)));
  }

  @Test
  void allThatCanBeUsed() {
    DeviceSelection selection = DeviceSelection.usable(with(GPU, SECOND));
    assertEquals(List.of("cpu", "cuda"), List.copyOf(selection.devices().keySet()));
    assertEquals(List.of(), selection.skipped());
  }

  @Test
  void missingGpuIsSkippedWithReasonAndRemedy() {
    DeviceSelection selection = DeviceSelection.usable(with(NONE));
    assertEquals(List.of("cpu"), List.copyOf(selection.devices().keySet()));
    assertEquals(List.of("cuda: skipped: no NVIDIA driver; Install one"), selection.skipped());
  }

  @Test
  void secondGpuStandsInForABrokenFirst() {
    DeviceSelection selection = DeviceSelection.usable(with(BROKEN, SECOND));
    assertEquals(List.of("cpu", "cuda:1"), List.copyOf(selection.devices().keySet()));
  }

  @Test
  void exactlyWhatIsAskedFor() {
    DeviceSelection selection =
        DeviceSelection.of(with(GPU, SECOND), List.of("cuda:1", "cuda", "cpu"));
    assertEquals(Map.of("cuda:1", SECOND, "cuda", GPU, "cpu", CPU), selection.devices());
  }

  @Test
  void askedForAndUnusableIsAnError() {
    for (String name : List.of("cuda", "cuda:0", "cuda:3")) {
      BackendUnavailableException e =
          assertThrows(
              BackendUnavailableException.class,
              () -> DeviceSelection.of(with(NONE), List.of("cpu", name)));
      assertTrue(e.getMessage().contains("no NVIDIA driver. Install one"), e.getMessage());
    }
    assertThrows(
        BackendUnavailableException.class,
        () -> DeviceSelection.of(with(BROKEN, SECOND), List.of("cuda")));
  }

  @Test
  void unknownIsAnError() {
    LaminaException missing =
        assertThrows(LaminaException.class, () -> DeviceSelection.of(with(GPU), List.of("cuda:1")));
    assertTrue(missing.getMessage().endsWith("there is cuda:0"), missing.getMessage());
    LaminaException unknown =
        assertThrows(LaminaException.class, () -> DeviceSelection.of(with(GPU), List.of("tpu")));
    assertTrue(unknown.getMessage().contains("[cpu, cuda]"), unknown.getMessage());
  }
}
