package dev.lamina.formula;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.type.DType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Values, derivatives and error bounds against mpmath. */
class GoldenTest {
  /** Relative, of values in double precision, times the {@link #condition} of the formula. */
  private static final double TOLERANCE = 0x1p-50;

  /** What counts as 0: beyond ±10 GELU's derivative stays as it is there, at −1.5e-36. */
  private static final double ZERO = 1e-35;

  @Test
  void valuesAreMpmaths() {
    for (Golden golden : Golden.all()) {
      Formula formula = FormulaTest.of(DType.FP64, golden.expression());
      double value = Evaluation.of(formula, new Element(new double[] {golden.x()})).output(0);
      near(golden, golden.value(), value, condition(golden) * Math.abs(golden.value()));
    }
  }

  @Test
  void derivativesAreMpmaths() {
    for (Golden golden : Golden.all()) {
      near(golden, golden.slope(), slope(golden, 1), condition(golden) * parts(golden));
    }
  }

  /** By how much e^w multiplies the relative error of its exponent w. */
  private static double condition(Golden golden) {
    double x = Math.min(Math.abs(golden.x()), 100);
    return switch (golden.function()) {
      case "gelu" -> 1 + 1.6 * x + 0.072 * x * x * x;
      case "silu" -> 1 + x;
      default -> 1;
    };
  }

  /** How large the parts are of which the derivative is the sum. */
  private static double parts(Golden golden) {
    return switch (golden.function()) {
      case "tanh", "sigmoid" -> 1; // made of the value, and so exact to that only
      case "gelu", "silu" ->
          Math.abs(golden.slope())
              + (Double.isNaN(golden.value()) ? 0 : Math.abs(golden.value() / golden.x()));
      default -> Math.abs(golden.slope());
    };
  }

  private static double slope(Golden golden, double d) {
    Formula formula = FormulaTest.of(DType.FP64, golden.expression());
    Derivative derivative = Derivative.of(formula, List.of(0));
    double[][] inputs = new double[derivative.sources().size()][];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] =
          new double[] {
            switch (derivative.sources().get(i)) {
              case Derivative.SEED -> d;
              case Derivative.OUTPUT -> golden.value();
              default -> golden.x();
            }
          };
    }
    return Evaluation.of(derivative.formula(), new Element(inputs)).output(0);
  }

  private static void near(Golden golden, double expected, double found, double scale) {
    boolean equal = Double.compare(expected + 0.0, found + 0.0) == 0;
    double error = Math.abs(found - expected);
    assertTrue(
        equal || error <= TOLERANCE * scale + ZERO,
        () -> golden + ": expected " + expected + ", got " + found);
  }

  /** The ranges that error analysis allows hold the true value, and are not wide. */
  @Test
  void boundsHoldTheTrueValue() {
    for (Golden golden : Golden.all()) {
      for (DType dtype : List.of(DType.FP32, DType.FP64)) {
        Formula formula = FormulaTest.of(dtype, golden.expression());
        Range range = ErrorAnalysis.of(formula, new Element(new double[] {golden.x()})).output(0);
        double stored = Evaluation.round(dtype, golden.value());
        assertTrue(range.contains(stored), () -> golden + " as " + dtype + ": " + range);
        double width = range.high() - range.low();
        double unit = dtype == DType.FP32 ? Math.ulp((float) stored) : Math.ulp(stored);
        double factor = 100 * condition(golden);
        double floor = dtype == DType.FP32 ? Float.MIN_NORMAL : Double.MIN_NORMAL;
        boolean narrow =
            Double.isInfinite(stored)
                || Double.isNaN(stored)
                || width <= factor * unit + floor * 8 * Math.max(1, Math.abs(golden.x()))
                || Double.isInfinite(range.high()) && stored > 1e38;
        assertTrue(narrow, () -> golden + " as " + dtype + ": " + range);
      }
    }
  }
}
