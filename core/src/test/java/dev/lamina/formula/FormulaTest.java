package dev.lamina.formula;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.type.DType;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class FormulaTest {
  static Formula of(UnaryOperator<Expr> function) {
    return of(DType.FP32, function);
  }

  static Formula of(DType dtype, UnaryOperator<Expr> function) {
    FormulaBuilder f = new FormulaBuilder();
    f.output(function.apply(f.full(dtype)), dtype);
    return f.build();
  }

  private static void same(UnaryOperator<Expr> written, UnaryOperator<Expr> simple) {
    assertEquals(of(simple).toString(), of(written).toString());
  }

  private static void unchanged(UnaryOperator<Expr> written, int nodes) {
    Formula formula = of(written);
    assertEquals(nodes, formula.nodes().size(), formula::toString);
  }

  @Test
  void exactIdentitiesAreApplied() {
    same(x -> x.times(1), x -> x);
    same(x -> x.dividedBy(1), x -> x);
    same(x -> x.minus(0), x -> x);
    same(x -> x.plus(-0.0), x -> x);
    same(x -> x.negate().negate(), x -> x);
    same(x -> x.times(-1), Expr::negate);
    same(x -> x.abs().negate().abs(), Expr::abs);
    same(x -> x.plus(x.exp().negate()), x -> x.minus(x.exp()));
    same(x -> x.minus(x.exp().negate()), x -> x.plus(x.exp()));
    same(x -> x.dividedBy(4), x -> x.times(0.25));
    same(x -> x.power(2), Expr::square);
    same(x -> x.power(-1), Expr::reciprocal);
    same(x -> x.fma(1, 2), x -> x.plus(2));
    same(x -> x.min(x), x -> x);
    same(x -> x.lessThan(0).select(x, x), x -> x);
    same(x -> x.owner().constant(2).exp().times(x), x -> x.times(Math.exp(2)));
    same(x -> x.round(DType.BF16).round(DType.BF16), x -> x.round(DType.BF16));
    same(x -> x.owner().constant(1).lessThan(x.owner().constant(2)).select(x, 0), x -> x);
  }

  /** What would lose the sign of a zero, a NaN or a rounding. */
  @Test
  void inexactIdentitiesAreNot() {
    unchanged(x -> x.plus(0), 3);
    unchanged(x -> x.times(0), 3);
    unchanged(x -> x.minus(x), 2);
    unchanged(x -> x.dividedBy(x), 2);
    unchanged(x -> x.dividedBy(3), 3);
    unchanged(x -> x.times(2).times(3), 5);
    unchanged(x -> x.plus(1).minus(1), 4);
    unchanged(x -> x.owner().constant(0).minus(x), 3);
    unchanged(x -> x.equalTo(x).select(1, 0), 5);
  }

  @Test
  void equalPartsAreComputedOnceAndUnusedOnesNotAtAll() {
    unchanged(x -> x.exp().plus(1).times(x.owner().constant(1).plus(x.exp())), 5);
    Formula formula =
        of(x -> {
          x.log();
          return x.exp();
        });
    assertEquals(2, formula.nodes().size());
  }

  @Test
  void formulasAreValues() {
    UnaryOperator<Expr> silu = x -> x.times(x.sigmoid());
    assertEquals(of(silu), of(silu));
    assertEquals(of(silu).hashCode(), of(silu).hashCode());
    assertNotEquals(of(silu), of(DType.FP64, silu));
    assertNotEquals(of(x -> x.plus(0.0)), of(x -> x.plus(1.0)));
    assertNotEquals(of(x -> x.times(0.0)), of(x -> x.times(-0.0)));
    assertEquals(of(Functions.GELU::of), of(Functions.GELU::of));
  }

  @Test
  void printsExactly() {
    FormulaBuilder f = new FormulaBuilder();
    Expr x = f.full(DType.BF16);
    Expr bias = f.row(DType.FP32);
    int hyper = f.singles(DType.FP64, 4);
    Expr sum = x.plus(bias);
    f.output(Functions.RELU.of(sum).times(f.read(hyper, 2)), DType.FP32);
    f.update(x, sum);
    f.flag(sum.isNotFinite(), f.read(hyper, 2).times(2), hyper, 3);
    f.flagFirst(sum.isNotFinite(), hyper, 0);
    f.skipIf(f.read(hyper, 1).notEqualTo(0));
    assertEquals(
        """
        (x0: full BF16, x1: row FP32, x2: single FP64[4])
          t0 = x0 + x1
          t1 = relu(t0)
          t2 = t1 * x2[2]
          t3 = t0 - t0
          t4 = t3 != 0.0
          t5 = x2[2] * 2.0
          t6 = 0.0 != x2[1]
          unless t6
          -> FP32 t2
          -> x0 t0
          flag x2[3] t5 if t4
          flag x2[0] rest if t4
        where relu(x0: full FP64)
          t0 = x0 <= 0.0
          t1 = t0 ? 0.0 : x0
          -> FP64 t1\
        """,
        f.build().toString());
  }

  @Test
  void flagsTellValuesAndPlaces() {
    FormulaBuilder f = new FormulaBuilder();
    Expr x = f.full(DType.FP32);
    int state = f.singles(DType.FP64, 3);
    f.output(x, DType.FP32);
    f.flag(x.greaterThan(1), f.read(state, 0).times(3), state, 1);
    f.flagFirst(x.greaterThan(1), state, 2);
    Evaluation evaluation = Evaluation.of(f.build(), new Element(new double[][] {{2}, {7, 0, 0}}));
    assertTrue(evaluation.raises(0));
    assertEquals(21, evaluation.raised(0, 5));
    assertEquals(5, evaluation.raised(1, 5));
    f.flag(x.greaterThan(1), x, state, 2);
    assertThrows(IllegalArgumentException.class, f::build);
  }

  @Test
  void expandingLeavesPrimitivesOnly() {
    Formula formula = of(Functions.SILU::of);
    assertEquals(of(x -> x.times(x.sigmoid())), formula.expanded());
    assertEquals(formula.expanded(), formula.expanded().expanded());
    assertEquals(2, formula.operations());
  }

  @Test
  void computesInDoubleWhereItMust() {
    FormulaBuilder f = new FormulaBuilder();
    Expr x = f.full(DType.BF16);
    Expr rate = f.single(DType.FP64);
    f.output(x.times(rate.sqrt()), DType.FP32);
    Formula formula = f.build();
    assertEquals(DType.FP32, formula.computeType());
    int root = formula.nodes().indexOf(new Node.Unary(UnaryFunction.SQRT, 1));
    assertTrue(formula.uniform()[root]);
    assertFalse(formula.uniform()[root + 1]);
    assertEquals(DType.FP64, of(DType.FP64, Expr::exp).computeType());
    assertEquals(DType.FP64, of(DType.INT32, x1 -> x1).computeType());
  }

  @Test
  void mistakesAreNamed() {
    FormulaBuilder f = new FormulaBuilder();
    Expr x = f.full(DType.FP32);
    Expr row = f.row(DType.FP32);
    Expr other = new FormulaBuilder().full(DType.FP32);
    message("expressions of two formulas", () -> x.plus(other));
    message("cannot be overwritten", () -> f.update(row, x));
    message("number 1 of input 0", () -> f.read(0, 1));
    message("input 7", () -> f.read(7, 0));
    message("clock full FP32", () -> f.uniform(0, 1));
    message("relu: expected 1 operands", () -> Functions.RELU.of(x, x));
    message("without an output", f::build);
    f.output(x, DType.FP32);
    f.skipIf(x.lessThan(0));
    message("singles and constants", f::build);
    f.update(x, row);
    message("twice", () -> f.update(x, row));
  }

  private static void message(String part, org.junit.jupiter.api.function.Executable work) {
    String message = assertThrows(IllegalArgumentException.class, work).getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void roundingIsFlagsAndPositions() {
    FormulaBuilder f = new FormulaBuilder();
    f.full(DType.FP32);
    f.output(
        f.position(Node.Axis.ROW)
            .times(100)
            .plus(f.position(Node.Axis.COLUMN).times(10))
            .plus(f.before(7).select(1, f.constant(0))),
        DType.FP32);
    Formula formula = f.build();
    Element sixth = new Element(new double[][] {{0}}, 2, 2, 3);
    Element fifth = new Element(new double[][] {{0}}, 1, 2, 3);
    assertEquals(220, Evaluation.of(formula, sixth).output(0));
    assertEquals(121, Evaluation.of(formula, fifth).output(0));
    assertEquals(List.of(), formula.flags());
  }
}
