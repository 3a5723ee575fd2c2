package dev.lamina.emulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cuda.formula.FormulaKernel;
import dev.lamina.cuda.formula.Parameter;
import dev.lamina.emulator.FormulaRun.Operand;
import dev.lamina.formula.Condition;
import dev.lamina.formula.Derivative;
import dev.lamina.formula.Expr;
import dev.lamina.formula.Formula;
import dev.lamina.formula.FormulaBuilder;
import dev.lamina.formula.Functions;
import dev.lamina.formula.Input;
import dev.lamina.formula.Kind;
import dev.lamina.formula.Node;
import dev.lamina.type.DType;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Kernels printed for formulas, compiled by the emulated NVRTC and run under every detector: each
 * element must lie within the formula's error bound.
 */
class FormulaKernelTest {
  private EmulatedGpu gpu;
  private FormulaRun run;

  @BeforeEach
  void open() {
    gpu = new EmulatedGpu();
    run = new FormulaRun(gpu);
  }

  @AfterEach
  void close() {
    if (gpu != null) {
      List<String> findings = gpu.emulator.findings();
      run.close();
      gpu.close();
      assertEquals(List.of(), findings);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FP32", "FP64", "BF16"})
  void everyFunctionOfOneNumber(DType dtype) {
    FormulaBuilder f = new FormulaBuilder();
    Expr x = f.full(dtype);
    Expr y = x.exp().plus(x.expm1()).plus(x.log()).plus(x.log1p()).plus(x.tanh());
    f.output(y.plus(x.sigmoid()).plus(x.erf()).plus(x.floor()).plus(x.sign()), dtype);
    f.output(x.sqrt().plus(x.rsqrt()).plus(x.abs().negate()), dtype);
    run.check(f.build(), 13, 21);
  }

  @ParameterizedTest
  @EnumSource(names = {"FP32", "FP64", "BF16"})
  void everyFunctionOfTwoNumbersOfEveryKind(DType dtype) {
    FormulaBuilder f = new FormulaBuilder();
    Expr x = f.full(dtype);
    Expr row = f.row(dtype);
    Expr column = f.column(dtype);
    Expr single = f.single(dtype);
    Expr y = x.plus(row).minus(column.times(single)).dividedBy(row.max(column).min(x));
    f.output(y.fma(x, row.abs().power(column)), dtype);
    f.output(x.lessThan(row).select(column, single), dtype);
    f.output(x.equalTo(row).select(f.constant(1), x.notEqualTo(column).select(row, x)), dtype);
    Formula formula = f.build();
    run.check(formula, 7, 32); // rows that are whole groups
    run.check(formula, 9, 13);
    run.check(formula, 1, 1);
  }

  @Test
  void typesAreConvertedAsStored() {
    FormulaBuilder f = new FormulaBuilder();
    Expr bytes = f.full(DType.UINT8);
    Expr narrow = f.full(DType.BF16);
    Expr sum = bytes.times(0.5).plus(narrow.round(DType.BF16));
    f.output(sum, DType.BF16);
    f.output(sum.times(40), DType.UINT8);
    f.output(sum.times(0.3), DType.FP32);
    run.check(f.build(), 5, 37);
    FormulaBuilder whole = new FormulaBuilder();
    whole.output(whole.full(DType.FP32).times(1e3), DType.INT32);
    run.check(whole.build(), 3, 11);
  }

  @Test
  void positionsAndLimits() {
    FormulaBuilder f = new FormulaBuilder();
    Expr x = f.full(DType.FP32);
    Expr place = f.position(Node.Axis.ROW).times(100).plus(f.position(Node.Axis.COLUMN));
    f.output(f.before(29).select(place, f.position(Node.Axis.ELEMENT).plus(x)), DType.FP32);
    run.check(f.build(), 6, 11);
  }

  @ParameterizedTest
  @EnumSource(names = {"FP32", "FP64", "BF16"})
  void dropout(DType dtype) {
    FormulaBuilder f = new FormulaBuilder();
    Expr x = f.full(dtype);
    int clock = f.singles(DType.INT32, 4);
    f.output(f.uniform(clock, 5).atLeast(0.3).select(x.times(1 / 0.7), f.constant(0)), dtype);
    run.check(f.build(), 9, 31);
  }

  @Test
  void updatesInPlaceWithACopyAndAFlag() {
    run.finite();
    run.put(2, 0, 0.1);
    run.put(2, 1, 0.5);
    List<Operand> operands = run.check(update(0.9, 30), 1, 67);
    assertEquals(0, operands.get(2).value(3), "no flag without cause");
  }

  @Test
  void aFlagIsRaised() {
    run.finite();
    run.put(2, 0, 0.1);
    run.put(2, 1, 0.5);
    run.put(1, 5, Double.NaN);
    assertEquals(1, run.check(update(0.9, 30), 1, 67).get(2).value(3));
  }

  /** The larger of what was there and a value that is computed from the singles. */
  @Test
  void flagsCarryValuesAndTellTheFirstElement() {
    FormulaBuilder f = new FormulaBuilder();
    Expr x = f.full(DType.FP32);
    int numbers = f.singles(DType.FP64, 4);
    Expr value = f.read(numbers, 0).sqrt();
    f.output(x.times(value), DType.FP32);
    f.flag(x.isNotFinite(), value, numbers, 1);
    f.flag(x.isNotFinite(), f.constant(1), numbers, 2);
    f.flagFirst(x.isNotFinite(), numbers, 3);
    Formula formula = f.build();
    run.finite();
    run.put(1, 0, 9);
    run.put(1, 2, 5);
    run.put(0, 70, Double.NaN);
    run.put(0, 40, Double.NaN);
    List<Double> raised = run.run(formula, 11, 13).get(1).after();
    assertEquals(List.of(9.0, 3.0, 5.0, 103.0), raised);
  }

  @Test
  void aSkippedRunWritesNothing() {
    run.put(2, 2, 1);
    List<Operand> operands = run.run(update(0.9, 30), 1, 67);
    assertEquals(operands.get(0).before(), operands.get(0).after());
    assertEquals(operands.get(4).before(), operands.get(4).after());
  }

  /** p, g, numbers {rate, correction, skip, flag}, m, a copy of p. */
  private static Formula update(double beta, long decayed) {
    FormulaBuilder f = new FormulaBuilder();
    Expr p = f.full(DType.FP32);
    Expr g = f.full(DType.FP32);
    int numbers = f.singles(DType.FP64, 4);
    Expr m = f.full(DType.FP32);
    int copy = f.input(new Input(Kind.FULL, DType.BF16, 1));
    Expr slope = f.before(decayed).select(p.fma(f.constant(0.01), g), g);
    Expr mean = m.times(beta).plus(slope.times(1 - beta));
    Expr rate = f.read(numbers, 0).dividedBy(f.read(numbers, 1).sqrt());
    Expr next = p.minus(mean.times(rate));
    f.update(p, next);
    f.update(m, mean);
    f.update(copy, next);
    f.skipIf(f.read(numbers, 2).notEqualTo(0));
    Condition bad = next.minus(next).notEqualTo(0);
    f.flag(bad, numbers, 3);
    return f.build();
  }

  @ParameterizedTest
  @EnumSource(names = {"FP32", "FP64", "BF16"})
  void derivatives(DType dtype) {
    FormulaBuilder f = new FormulaBuilder();
    Expr x = f.full(dtype);
    Expr row = f.row(dtype);
    f.output(Functions.GELU.of(x.plus(row)).plus(Functions.SILU.of(x)), dtype);
    run.check(Derivative.of(f.build(), List.of(0, 1)).formula(), 11, 24);
  }

  @Test
  void addressesThatAreNotAligned() {
    FormulaBuilder f = new FormulaBuilder();
    Expr x = f.full(DType.FP32);
    f.output(x.times(f.row(DType.FP32)).plus(1), DType.FP32);
    run.misalign();
    run.check(f.build(), 5, 16);
  }

  @Test
  void formulasThatDifferInNumbersShareAKernel() {
    FormulaKernel one = FormulaKernel.of(update(0.9, 30));
    FormulaKernel other = FormulaKernel.of(update(0.8, 40));
    assertEquals(one.name(), other.name());
    assertEquals(one.source(), other.source());
    assertNotEquals(one.parameters(), other.parameters());
    assertTrue(one.parameters().contains(new Parameter.Limit(30)));
  }

  @Test
  void equalNumbersNeedNoKernelOfTheirOwn() {
    assertEquals(FormulaKernel.of(affine(2, 3)).name(), FormulaKernel.of(affine(5, 5)).name());
    assertEquals(FormulaKernel.of(drop(0.5, 1)).name(), FormulaKernel.of(drop(0.2, 7)).name());
  }

  private static Formula affine(double scale, double shift) {
    FormulaBuilder f = new FormulaBuilder();
    f.output(f.full(DType.FP32).fma(scale, shift), DType.FP32);
    return f.build();
  }

  private static Formula drop(double rate, int stream) {
    FormulaBuilder f = new FormulaBuilder();
    Expr x = f.full(DType.FP32);
    int clock = f.singles(DType.INT32, 4);
    f.output(f.uniform(clock, stream).lessThan(rate).select(0, x), DType.FP32);
    return f.build();
  }
}
