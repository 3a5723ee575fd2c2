package dev.lamina.formula;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.type.DType;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DerivativeTest {
  /** The inputs of a derivative: d, the original ones, and the output. */
  private static Element element(Derivative derivative, double d, double y, double[] x) {
    double[][] inputs = new double[derivative.sources().size()][];
    for (int i = 0; i < inputs.length; i++) {
      int source = derivative.sources().get(i);
      inputs[i] =
          new double[] {
            source == Derivative.SEED ? d : source == Derivative.OUTPUT ? y : x[source]
          };
    }
    return new Element(inputs);
  }

  private static double value(Formula formula, double... x) {
    double[][] inputs = new double[x.length][];
    for (int i = 0; i < x.length; i++) {
      inputs[i] = new double[] {x[i]};
    }
    return Evaluation.of(formula, new Element(inputs)).output(0);
  }

  @Test
  void derivativesAreDifferences() {
    SplittableRandom random = new SplittableRandom(1);
    int checked = 0;
    for (int seed = 0; seed < 500; seed++) {
      Formula formula = RandomFormulas.of(seed, 8, true, DType.FP64);
      Derivative derivative = Derivative.of(formula, List.of(0, 1, 2));
      double[] x = random.doubles(RandomFormulas.INPUTS, -2, 2).toArray();
      Evaluation found =
          Evaluation.of(derivative.formula(), element(derivative, 1.5, value(formula, x), x));
      for (int i = 0; i < x.length; i++) {
        double h = 1e-5;
        double[] above = x.clone();
        double[] below = x.clone();
        above[i] += h;
        below[i] -= h;
        double high = value(formula, above);
        double expected = 1.5 * (high - value(formula, below)) / (2 * h);
        double error = Math.abs(expected - found.output(i));
        double scale = 1 + Math.abs(expected) + Math.abs(high);
        assertTrue(error < 1e-6 * scale * scale, formula + "\n" + derivative.formula());
        checked += expected == 0 ? 0 : 1;
      }
    }
    assertTrue(checked > 700, checked + " derivatives that are not 0");
  }

  /** A derivative is a formula like any other. */
  @Test
  void secondDerivativesWork() {
    for (NamedFunction function : List.of(Functions.GELU, Functions.SILU, Functions.SOFTPLUS)) {
      secondDerivatives(function);
    }
  }

  private static void secondDerivatives(NamedFunction function) {
    for (double x : new double[] {-3, -0.5, 0, 0.1, 2}) {
      Derivative first = Derivative.of(FormulaTest.of(DType.FP64, function::of), List.of(0));
      assertEquals(List.of(Derivative.SEED, 0), first.sources());
      Derivative second = Derivative.of(first.formula(), List.of(1));
      double h = 1e-5;
      double expected =
          (value(first.formula(), 1, x + h) - value(first.formula(), 1, x - h)) / (2 * h);
      double found =
          Evaluation.of(second.formula(), element(second, 1, 0, new double[] {1, x})).output(0);
      assertEquals(expected, found, 1e-8, function + " at " + x);
    }
  }

  /** So that a backward pass keeps one of the two. */
  @Test
  void theOutputTakesTheInputsPlaceWhereItSavesWork() {
    assertEquals(
        List.of(Derivative.SEED, Derivative.OUTPUT), sources(FormulaTest.of(Expr::exp), 0));
    assertEquals(
        List.of(Derivative.SEED, Derivative.OUTPUT), sources(FormulaTest.of(Expr::tanh), 0));
    assertEquals(
        List.of(Derivative.SEED, Derivative.OUTPUT),
        sources(FormulaTest.of(Functions.RELU::of), 0));
    assertEquals(List.of(Derivative.SEED, 0), sources(FormulaTest.of(Functions.GELU::of), 0));
    assertEquals(List.of(Derivative.SEED, 0), sources(FormulaTest.of(Expr::log), 0));
    assertEquals(List.of(Derivative.SEED), sources(FormulaTest.of(x -> x.times(3)), 0));
    FormulaBuilder f = new FormulaBuilder();
    f.output(f.full(DType.BF16).dividedBy(f.row(DType.BF16)), DType.BF16);
    Formula quotient = f.build();
    assertEquals(List.of(Derivative.SEED, 1), sources(quotient, 0));
    assertEquals(List.of(Derivative.SEED, Derivative.OUTPUT, 1), sources(quotient, 1));
  }

  private static List<Integer> sources(Formula formula, int input) {
    return Derivative.of(formula, List.of(input)).sources();
  }

  @Test
  void nothingIsLostFarOut() {
    for (double x : new double[] {-1e30, -1000, -100, 100, 1000, 1e30}) {
      for (NamedFunction function :
          List.of(Functions.RELU, Functions.GELU, Functions.SILU, Functions.SOFTPLUS)) {
        Formula formula = FormulaTest.of(DType.FP64, function::of);
        Derivative derivative = Derivative.of(formula, List.of(0));
        double y = value(formula, x);
        double slope =
            Evaluation.of(derivative.formula(), element(derivative, 1, y, new double[] {x}))
                .output(0);
        assertEquals(x > 0 ? 1 : 0, slope, 1e-30, function + " at " + x);
      }
    }
  }

  @Test
  void crossEntropysDerivativesAreSigmoidMinusTargetAndMinusLogit() {
    FormulaBuilder f = new FormulaBuilder();
    f.output(Functions.BINARY_CROSS_ENTROPY.of(f.full(DType.FP64), f.full(DType.FP64)), DType.FP64);
    Formula loss = f.build();
    assertEquals(100, value(loss, 100, 0));
    assertEquals(Math.log(2), value(loss, 0, 1), 1e-15);
    Derivative derivative = Derivative.of(loss, List.of(0, 1));
    Evaluation found =
        Evaluation.of(derivative.formula(), element(derivative, 2, 0, new double[] {-1000, 0.25}));
    assertEquals(-0.5, found.output(0));
    assertEquals(2000, found.output(1));
  }

  @Test
  void onlyPureFormulasHaveOne() {
    FormulaBuilder f = new FormulaBuilder();
    Expr p = f.full(DType.FP32);
    f.update(p, p.times(2));
    Formula update = f.build();
    assertThrows(IllegalArgumentException.class, () -> Derivative.of(update, List.of(0)));
  }
}
