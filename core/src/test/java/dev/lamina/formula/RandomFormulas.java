package dev.lamina.formula;

import dev.lamina.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Formulas composed at random, of a full input, a row, a single and constants. */
final class RandomFormulas {
  static final int INPUTS = 3;

  private RandomFormulas() {}

  /**
   * A formula of about so many nodes.
   *
   * @param smooth whether its derivative is continuous, and its values not large
   */
  static Formula of(long seed, int size, boolean smooth, DType dtype) {
    SplittableRandom random = new SplittableRandom(seed);
    FormulaBuilder f = new FormulaBuilder();
    List<Expr> parts =
        new ArrayList<>(
            List.of(f.full(dtype), f.row(dtype), f.single(dtype), f.constant(0.75), f.constant(2)));
    for (int i = 0; i < size; i++) {
      Expr a = pick(parts, random);
      Expr b = pick(parts, random);
      Expr c = pick(parts, random);
      parts.add(smooth ? smooth(random, a, b, c) : any(random, a, b, c));
    }
    f.output(parts.getLast().plus(pick(parts, random)), dtype);
    return f.build();
  }

  private static Expr pick(List<Expr> parts, SplittableRandom random) {
    return parts.get(random.nextInt(parts.size()));
  }

  private static Expr smooth(SplittableRandom random, Expr a, Expr b, Expr c) {
    return switch (random.nextInt(16)) {
      case 0 -> a.plus(b);
      case 1 -> a.minus(b);
      case 2 -> a.times(b).tanh();
      case 3 -> a.dividedBy(b.square().plus(1));
      case 4 -> a.sigmoid().fma(b, c);
      case 5 -> a.negate();
      case 6 -> a.sigmoid();
      case 7 -> a.tanh().exp();
      case 8 -> a.square().plus(1).log();
      case 9 -> a.square().log1p();
      case 10 -> a.tanh().expm1();
      case 11 -> a.erf();
      case 12 -> a.square().plus(1).sqrt();
      case 13 -> a.square().plus(1).rsqrt();
      case 14 -> a.square().plus(1).power(b.tanh());
      default -> Functions.SOFTPLUS.of(a);
    };
  }

  private static Expr any(SplittableRandom random, Expr a, Expr b, Expr c) {
    return switch (random.nextInt(14)) {
      case 0 -> a.times(b);
      case 1 -> a.dividedBy(b);
      case 2 -> a.min(b);
      case 3 -> a.max(b);
      case 4 -> a.abs();
      case 5 -> a.sign();
      case 6 -> a.floor();
      case 7 -> a.lessThan(b).select(a, c);
      case 8 -> a.equalTo(b).select(c, b);
      case 9 -> a.exp();
      case 10 -> a.log();
      case 11 -> a.sqrt();
      case 12 -> a.round(DType.BF16);
      default -> smooth(random, a, b, c);
    };
  }
}
