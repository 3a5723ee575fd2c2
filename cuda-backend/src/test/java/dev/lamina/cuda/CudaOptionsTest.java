package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
    System.clearProperty(CudaOptions.NVRTC_PROPERTY);
    System.clearProperty(CudaOptions.WARM_UP_PROPERTY);
    System.clearProperty(LaneOptions.COUNT_PROPERTY);
    System.clearProperty(LaneOptions.PRIORITIES_PROPERTY);
    System.clearProperty(LaneOptions.UPDATE_BLOCKS_PROPERTY);
  }

  @Test
  void defaultsAreTheDefaults() {
    assertEquals(CudaOptions.DEFAULT, CudaOptions.of(BackendOptions.DEFAULT));
  }

  @Test
  void debuggingRunsOneCallAfterTheOther() {
    System.setProperty(CudaOptions.DEBUG_PROPERTY, "true");
    CudaOptions options = CudaOptions.of(BackendOptions.DEFAULT);
    assertEquals(
        new CudaOptions(
            true, false, LaneOptions.DEFAULT.withCount(1), Precision.FP32, true, true, 200),
        options);
  }

  @Test
  void theCallersChoicesAreTaken() {
    CudaOptions options =
        CudaOptions.of(BackendOptions.DEFAULT.withPrecision(Precision.TF32).withAutotune(false));
    assertEquals(
        new CudaOptions(false, true, LaneOptions.DEFAULT, Precision.TF32, false, true, 200),
        options);
  }

  @Test
  void nvrtcMayBeLeftOut() {
    System.setProperty(CudaOptions.NVRTC_PROPERTY, "false");
    assertFalse(CudaOptions.of(BackendOptions.DEFAULT).nvrtc());
    System.setProperty(CudaOptions.NVRTC_PROPERTY, "maybe");
    String message =
        assertThrows(LaminaException.class, () -> CudaOptions.of(BackendOptions.DEFAULT))
            .getMessage();
    assertTrue(message.startsWith("lamina.cuda.nvrtc is 'maybe'"), message);
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

  @Test
  void propertiesSayHowWorkIsSpread() {
    System.setProperty(LaneOptions.COUNT_PROPERTY, "2");
    System.setProperty(LaneOptions.PRIORITIES_PROPERTY, "false");
    System.setProperty(LaneOptions.UPDATE_BLOCKS_PROPERTY, "20");
    LaneOptions lanes = CudaOptions.of(BackendOptions.DEFAULT).lanes();
    assertEquals(new LaneOptions(2, false, 20), lanes);
    assertEquals(20, lanes.updateBlocks(132));
    assertEquals(66, LaneOptions.DEFAULT.updateBlocks(132));
    assertEquals(1, LaneOptions.DEFAULT.updateBlocks(1));
  }

  @Test
  void lanesHaveTheirPurposes() {
    for (int count = 1; count <= 4; count++) {
      LaneOptions lanes = LaneOptions.DEFAULT.withCount(count);
      for (int lane = 0; lane < count; lane++) {
        assertEquals(count > 1 && lane == count - 1, lanes.yields(lane));
        assertEquals(lane < count - 1, lanes.isUrgent(lane));
        assertEquals(count > 2 && lane == count - 1, lanes.isForUpdates(lane));
        assertFalse(new LaneOptions(count, false, 0).yields(lane));
      }
    }
  }

  @Test
  void propertiesThatMakeNoSenseAreNamed() {
    String[][] mistakes = {
      {LaneOptions.COUNT_PROPERTY, "0", "a whole number from 1 to 16"},
      {LaneOptions.COUNT_PROPERTY, "17", "a whole number from 1 to 16"},
      {LaneOptions.COUNT_PROPERTY, "many", "a whole number from 1 to 16"},
      {LaneOptions.PRIORITIES_PROPERTY, "yes", "true or false"},
      {LaneOptions.UPDATE_BLOCKS_PROPERTY, "-1", "a whole number from 0 to"},
    };
    for (String[] mistake : mistakes) {
      System.setProperty(mistake[0], mistake[1]);
      LaminaException e =
          assertThrows(LaminaException.class, () -> CudaOptions.of(BackendOptions.DEFAULT));
      String expected =
          "the system property " + mistake[0] + " is '" + mistake[1] + "': expected " + mistake[2];
      assertTrue(e.getMessage().startsWith(expected), e.getMessage());
      System.clearProperty(mistake[0]);
    }
    assertThrows(LaminaException.class, () -> new LaneOptions(0, true, 0));
  }
}
