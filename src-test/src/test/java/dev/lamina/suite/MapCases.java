package dev.lamina.suite;

import dev.lamina.formula.Expr;
import dev.lamina.formula.Formula;
import dev.lamina.formula.FormulaBuilder;
import dev.lamina.formula.Functions;
import dev.lamina.formula.Input;
import dev.lamina.formula.Kind;
import dev.lamina.formula.NamedFunction;
import dev.lamina.formula.Node;
import dev.lamina.op.Map;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Formulas: named ones, and compositions of every primitive over inputs of every kind. */
final class MapCases {
  /** Up to the grain of a chunk and beyond, and rows from narrow to longer than a block. */
  private static final List<Shape> SHAPES =
      List.of(
          Shape.scalar(),
          Shape.of(1),
          Shape.of(13),
          Shape.of(4097),
          Shape.of(1, 13),
          Shape.of(13, 1),
          Shape.of(207, 5),
          Shape.of(7, 100),
          Shape.of(3, 1000),
          Shape.of(70, 517));

  /** A rate, and in the fourth place whether to skip. */
  private static final Sampler GO = Sampler.fixed("go", 0.003, 0.1, 0.001, 0);

  private static final Sampler SKIP = Sampler.fixed("skip", 0.003, 0.1, 0.001, 1);

  private MapCases() {}

  static void addTo(CaseList list) {
    for (DType dtype : CaseList.FLOATING) {
      named(list, dtype);
      for (int seed = 0; seed < 40; seed++) {
        composed(list, dtype, seed);
      }
    }
    for (DType dtype : CaseList.FULL) {
      update(list, dtype, false);
      update(list, dtype, true);
    }
  }

  private static void named(CaseList list, DType dtype) {
    for (NamedFunction function :
        List.of(Functions.RELU, Functions.GELU, Functions.SILU, Functions.SOFTPLUS)) {
      FormulaBuilder f = new FormulaBuilder();
      f.output(function.of(f.full(dtype)), dtype);
      Formula formula = f.build();
      for (Shape shape : SHAPES) {
        TensorType type = new TensorType(dtype, shape);
        // Away from the kink of relu, and where no gradient is nothing but rounding.
        list.addSmooth(new Map(formula, shape), dtype, List.of(type), List.of(Samplers.AWAY));
      }
      TensorType wide = TensorType.of(dtype, 207);
      list.add(new Map(formula, wide.shape()), dtype, List.of(wide), List.of(Samplers.WIDE));
    }
    FormulaBuilder f = new FormulaBuilder();
    f.output(Functions.BINARY_CROSS_ENTROPY.of(f.full(dtype), f.full(dtype)), dtype);
    Formula loss = f.build();
    for (Shape shape : SHAPES) {
      TensorType type = new TensorType(dtype, shape);
      list.addSmooth(
          new Map(loss, shape),
          dtype,
          List.of(type, type),
          List.of(Samplers.NORMAL, Samplers.UNIT));
    }
  }

  private static void composed(CaseList list, DType dtype, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    FormulaBuilder f = new FormulaBuilder();
    List<Expr> parts =
        new ArrayList<>(
            List.of(
                f.full(dtype), f.row(dtype), f.column(dtype), f.single(dtype), f.constant(0.5)));
    for (int i = 0; i < 7; i++) {
      Expr a = parts.get(random.nextInt(parts.size()));
      Expr b = parts.get(random.nextInt(parts.size()));
      Expr c = parts.get(random.nextInt(parts.size()));
      parts.add(compose(random, a, b, c));
    }
    f.output(parts.getLast().plus(parts.getFirst()), dtype);
    Formula formula = f.build();
    Shape shape = SHAPES.get(4 + seed % (SHAPES.size() - 4));
    List<TensorType> types =
        List.of(
            new TensorType(dtype, shape),
            TensorType.of(dtype, shape.columns()),
            TensorType.of(dtype, shape.rows(), 1),
            TensorType.of(dtype));
    list.addSmooth(
        new Map(formula, shape),
        dtype,
        types,
        List.of(Samplers.NORMAL, Samplers.AWAY, Samplers.NORMAL, Samplers.POSITIVE));
  }

  private static Expr compose(SplittableRandom random, Expr a, Expr b, Expr c) {
    return switch (random.nextInt(15)) {
      case 0 -> a.plus(b);
      case 1 -> a.minus(b);
      case 2 -> a.times(b).tanh();
      case 3 -> a.dividedBy(b.square().plus(1));
      case 4 -> a.sigmoid().fma(b, c);
      case 5 -> a.negate().exp().log1p();
      case 6 -> a.tanh().exp();
      case 7 -> a.square().plus(1).log();
      case 8 -> a.tanh().expm1();
      case 9 -> a.erf();
      case 10 -> a.square().plus(1).sqrt();
      case 11 -> a.square().plus(1).rsqrt();
      case 12 -> a.square().plus(1).power(b.tanh());
      case 13 -> Functions.GELU.of(a);
      default -> Functions.SOFTPLUS.of(a);
    };
  }

  /** Overwrites, a copy in BF16, a flag, positions, random numbers, integers; or nothing at all. */
  private static void update(CaseList list, DType dtype, boolean skipped) {
    FormulaBuilder f = new FormulaBuilder();
    Expr p = f.full(dtype);
    Expr g = f.full(dtype);
    int copy = f.input(new Input(Kind.FULL, DType.BF16, 1));
    int hyper = f.singles(DType.FP64, 4);
    int clock = f.singles(DType.INT32, 4);
    f.skipIf(f.read(hyper, 3).notEqualTo(0));
    Expr noise = f.uniform(clock, 2).minus(0.5);
    Expr next = p.minus(g.times(f.read(hyper, 0))).plus(noise);
    Expr decayed = f.before(100).select(next.times(0.5), next);
    f.update(p, decayed);
    f.update(copy, decayed.round(dtype));
    f.flag(g.greaterThan(0), clock, 3);
    f.flag(g.greaterThan(2), f.read(hyper, 0).abs().plus(7), hyper, 1);
    f.flagFirst(g.greaterThan(2), hyper, 2);
    Formula formula = f.build();
    for (long n : new long[] {1, 13, 207, 4097}) {
      TensorType type = TensorType.of(dtype, n);
      list.add(
          new Map(formula, type.shape()),
          dtype,
          List.of(
              type,
              type,
              type.as(DType.BF16),
              TensorType.of(DType.FP64, 4),
              TensorType.of(DType.INT32, 4)),
          List.of(
              Samplers.NORMAL,
              Samplers.NORMAL,
              Samplers.NORMAL,
              skipped ? SKIP : GO,
              Samplers.clock(7)));
    }
    if (!skipped) {
      integers(list, dtype);
    }
  }

  private static void integers(CaseList list, DType dtype) {
    FormulaBuilder f = new FormulaBuilder();
    Expr label = f.column(DType.INT32);
    Expr pixel = f.full(DType.UINT8);
    f.output(f.position(Node.Axis.COLUMN).equalTo(label).select(pixel.times(0.25), 0), dtype);
    f.output(pixel.plus(label), DType.INT32);
    Formula formula = f.build();
    for (Shape shape : List.of(Shape.of(13, 5), Shape.of(3, 1000))) {
      list.add(
          new Map(formula, shape),
          dtype,
          List.of(TensorType.of(DType.INT32, shape.rows(), 1), new TensorType(DType.UINT8, shape)),
          List.of(Samplers.labels(shape.columns()), Samplers.BYTES));
    }
  }
}
