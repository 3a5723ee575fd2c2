package dev.lamina.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LossCurvesTest {
  @Test
  void aDeviceAgreesWithItselfToTheBit() {
    Map<String, Object> line =
        LossCurves.compare(
            LossCurves.options(
                "--device",
                "cpu",
                "--steps",
                "5",
                "--threads",
                "2",
                "--tolerance",
                "0",
                "--samples",
                "1000",
                "--hidden",
                "64"));
    assertEquals(0.0, line.get("largest_difference"));
    assertEquals(true, line.get("agree"));
    double[] losses = (double[]) line.get("losses");
    assertEquals(5, losses.length);
    assertTrue(losses[4] < losses[0], "it should learn");
  }

  @Test
  void differencesAreSharesOfTheFirstLoss() {
    double[] reference = {2, 1, 0.5};
    assertEquals(0.25, LossCurves.largestDifference(reference, new double[] {2, 1.5, 0.4}), 1e-12);
    assertEquals(
        Double.NaN, LossCurves.largestDifference(reference, new double[] {2, Double.NaN, 0.5}));
  }

  @Test
  void mistakesAreNamed() {
    Map.of(
            "option --nonsense", "--nonsense 1",
            "--steps:", "--steps",
            "--steps 0", "--steps 0",
            "whole number", "--steps 1.5",
            "--tolerance x", "--tolerance x",
            "digits or idx:FOLDER", "--data csv:x",
            "/does/not/exist", "--data idx:/does/not/exist",
            "tpu", "--reference tpu --steps 1")
        .forEach((expected, arguments) -> {
          LaminaException e =
              assertThrows(
                  LaminaException.class,
                  () -> LossCurves.compare(LossCurves.options(arguments.split(" "))),
                  arguments);
          assertTrue(e.getMessage().contains(expected), e::getMessage);
        });
  }
}
