package dev.lamina.formula;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.type.DType;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ErrorAnalysisTest {
  private static final double[] EDGES = {
    0,
    -0.0,
    1,
    -1,
    0.5,
    1e-40,
    -1e-38,
    88.7,
    -104,
    3e38,
    -1e20,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.NaN
  };

  /**
   * Rounds after every function, as hardware does: an implementation that the bounds must allow.
   */
  private static double inSinglePrecision(Formula formula, double[] x) {
    Formula flat = formula.expanded();
    boolean[] uniform = flat.uniform();
    double[] v = new double[flat.nodes().size()];
    for (int i = 0; i < v.length; i++) {
      double value =
          switch (flat.nodes().get(i)) {
            case Node.Read n -> x[n.input()];
            case Node.Constant n -> n.value();
            case Node.Unary n -> n.function().value(at(v, uniform, i, n.x()));
            case Node.Binary n ->
                n.function().value(at(v, uniform, i, n.a()), at(v, uniform, i, n.b()));
            case Node.Fma n ->
                Math.fma(
                    at(v, uniform, i, n.a()), at(v, uniform, i, n.b()), at(v, uniform, i, n.c()));
            case Node.Compare n ->
                n.comparison().test(at(v, uniform, i, n.a()), at(v, uniform, i, n.b())) ? 1 : 0;
            case Node.Select n -> v[n.test()] != 0 ? v[n.a()] : v[n.b()];
            case Node.Round n -> Evaluation.round(n.to(), v[n.x()]);
            case Node n -> throw new AssertionError(n);
          };
      v[i] = uniform[i] ? value : (float) value;
    }
    return (float) v[flat.outputs().getFirst().node()];
  }

  private static double at(double[] v, boolean[] uniform, int node, int operand) {
    return uniform[operand] && !uniform[node] ? (float) v[operand] : v[operand];
  }

  private static double sample(SplittableRandom random) {
    return random.nextInt(6) == 0
        ? (float) EDGES[random.nextInt(EDGES.length)]
        : (float) random.nextDouble(-4, 4);
  }

  @Test
  void boundsHoldWhatSinglePrecisionGives() {
    SplittableRandom random = new SplittableRandom(7);
    int narrow = 0;
    int cases = 20_000;
    for (int seed = 0; seed < cases; seed++) {
      Formula formula = RandomFormulas.of(seed, 6, false, DType.FP32);
      double[] x = {sample(random), sample(random), sample(random)};
      Element element = new Element(new double[] {x[0]}, new double[] {x[1]}, new double[] {x[2]});
      Range range = ErrorAnalysis.of(formula, element).output(0);
      double exact = (float) Evaluation.of(formula, element).output(0);
      double found = inSinglePrecision(formula, x);
      assertTrue(range.contains(exact), () -> formula + " of " + element + range);
      assertTrue(range.contains(found), () -> formula + " gave " + found + ", allowed " + range);
      boolean near = range.high() - range.low() <= 1e-4 * Math.max(1, Math.abs(exact));
      narrow += range.isPoint() || near || Double.isInfinite(exact) ? 1 : 0;
    }
    assertTrue(narrow > 0.85 * cases, narrow + " of " + cases + " bounds are narrow");
  }

  @Test
  void whatRoundsNothingIsExact() {
    Formula formula = FormulaTest.of(x -> x.abs().negate().max(-3).lessThan(0).select(x, 7));
    Range range = ErrorAnalysis.of(formula, new Element(new double[] {0.1f})).output(0);
    assertEquals(Range.of(0.1f), range);
    assertTrue(range.isPoint());
  }

  @Test
  void aComparisonThatRoundingDecidesAllowsBoth() {
    Formula formula =
        FormulaTest.of(x -> x.times(3).lessThan(x.plus(x).plus(x)).select(1, x.times(0)));
    Range range = ErrorAnalysis.of(formula, new Element(new double[] {0.7f})).output(0);
    assertTrue(range.contains(0) && range.contains(1));
    assertFalse(range.contains(2));
  }

  @Test
  void overflowOfTheTypeIsInfinite() {
    Formula formula = FormulaTest.of(x -> x.times(x));
    Range range = ErrorAnalysis.of(formula, new Element(new double[] {1e30})).output(0);
    assertTrue(range.contains(Double.POSITIVE_INFINITY));
    assertFalse(range.contains(0));
  }

  @Test
  void uniformNumbersAreMultiplesBelowOne() {
    FormulaBuilder f = new FormulaBuilder();
    int clock = f.singles(DType.INT32, 4);
    f.output(f.uniform(clock, 3), DType.FP32);
    Formula formula = f.build();
    double sum = 0;
    for (int i = 0; i < 4000; i++) {
      Element element = new Element(new double[][] {{5, -1, 77, 0}}, i / 40, i % 40, 40);
      double value = Evaluation.of(formula, element).output(0);
      assertTrue(value >= 0 && value < 1 && value * 0x1p24 == Math.rint(value * 0x1p24));
      sum += value;
    }
    assertEquals(0.5, sum / 4000, 0.02);
  }
}
