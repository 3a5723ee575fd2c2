package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

/** The exponential against Math's, over all magnitudes of both signs. */
class VectorMathTest {
  /** The largest error in units of the last place, over every {@code step}-th float. */
  private static double worst(
      UnaryOperator<FloatVector> function, DoubleUnaryOperator exact, int step) {
    float[] x = new float[Lanes.V];
    float[] y = new float[Lanes.V];
    double worst = 0;
    for (long bits = Integer.MIN_VALUE; bits <= Integer.MAX_VALUE; bits += (long) step * Lanes.V) {
      for (int i = 0; i < Lanes.V; i++) {
        x[i] = Float.intBitsToFloat((int) (bits + (long) step * i));
      }
      function.apply(FloatVector.fromArray(Lanes.F, x, 0)).intoArray(y, 0);
      for (int i = 0; i < Lanes.V; i++) {
        double e = exact.applyAsDouble(x[i]);
        float rounded = (float) e;
        if (Float.isNaN(rounded) || Float.isInfinite(rounded)) {
          assertEquals(rounded, y[i], "at " + x[i]);
        } else {
          double error = Math.abs(y[i] - e) / Math.ulp(rounded);
          assertTrue(error < 10, () -> "an error of " + error + " ulp");
          worst = Math.max(worst, error);
        }
      }
    }
    return worst;
  }

  private static void check(
      String name, double limit, UnaryOperator<FloatVector> function, DoubleUnaryOperator exact) {
    double worst = worst(function, exact, 1009);
    assertTrue(worst < limit, () -> name + " is off by " + worst + " ulp");
  }

  @Test
  void exp() {
    check("exp", 2, VectorMath::exp, Math::exp);
  }

  @Test
  void sumOfLanesHasAFixedOrder() {
    float[] x = new float[Lanes.V];
    for (int i = 0; i < x.length; i++) {
      x[i] = 1f / (i + 1);
    }
    float[] expected = x.clone();
    for (int width = x.length / 2; width > 0; width /= 2) {
      for (int i = 0; i < width; i++) {
        expected[i] += expected[i + width];
      }
    }
    for (int i = 0; i < 20_000; i++) { // long enough to be compiled on the way
      assertEquals(expected[0], Lanes.sum(FloatVector.fromArray(Lanes.F, x, 0)));
    }
  }
}
