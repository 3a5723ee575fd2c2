package dev.lamina.op;

import dev.lamina.LaminaException;
import dev.lamina.formula.Expr;
import dev.lamina.formula.Formula;
import dev.lamina.formula.FormulaBuilder;
import dev.lamina.formula.Input;
import dev.lamina.formula.Kind;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.ShapeException;
import dev.lamina.type.TensorType;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The pointwise functions that come with Lamina, with IEEE 754's results at the edges; what an
 * {@link Activation} computes is there.
 */
public final class Elementwise {
  /** a + b. */
  public static final Pointwise ADD = Pointwise.named("add", (a, b) -> a.plus(b));

  /** a − b. */
  public static final Pointwise SUBTRACT = Pointwise.named("subtract", (a, b) -> a.minus(b));

  /** a · b. */
  public static final Pointwise MULTIPLY = Pointwise.named("multiply", (a, b) -> a.times(b));

  /** a / b. */
  public static final Pointwise DIVIDE = Pointwise.named("divide", (a, b) -> a.dividedBy(b));

  /** The larger, NaN if either is NaN; the gradient goes to a where a ≥ b, else to b. */
  public static final Pointwise MAXIMUM = Pointwise.named("maximum", (a, b) -> a.max(b));

  /** The smaller, NaN if either is NaN; the gradient goes to b where a ≥ b, else to a. */
  public static final Pointwise MINIMUM = Pointwise.named("minimum", (a, b) -> a.min(b));

  /** 1 where a = b, else 0; no gradient. */
  public static final Pointwise EQUAL =
      Pointwise.named("equal", (a, b) -> a.equalTo(b).select(1, 0));

  /** 1 where a ≥ b, else 0; no gradient. */
  public static final Pointwise GREATER_EQUAL =
      Pointwise.named("greater-equal", (a, b) -> a.atLeast(b).select(1, 0));

  /** |x|. */
  public static final Pointwise ABS = Pointwise.named("abs", x -> x.abs());

  /** e<sup>x</sup>. */
  public static final Pointwise EXP = Pointwise.named("exp", x -> x.exp());

  /** ln x, NaN below 0, −∞ at 0. */
  public static final Pointwise LOG = Pointwise.named("log", x -> x.log());

  /** −x. */
  public static final Pointwise NEGATE = Pointwise.named("negate", x -> x.negate());

  /** 1 / x. */
  public static final Pointwise RECIPROCAL = Pointwise.named("reciprocal", x -> x.reciprocal());

  /** −1, 0 or 1; NaN for NaN; no gradient. */
  public static final Pointwise SIGN = Pointwise.named("sign", x -> x.sign());

  /** √x. */
  public static final Pointwise SQRT = Pointwise.named("sqrt", x -> x.sqrt());

  /** x². */
  public static final Pointwise SQUARE = Pointwise.named("square", x -> x.square());

  private static final ConcurrentHashMap<Conversion, Formula> CASTS = new ConcurrentHashMap<>();

  /** Factors are often the same again; after so many, all are forgotten. */
  private static final int MOST_FACTORS = 1000;

  private static final ConcurrentHashMap<Factors, Pointwise> AFFINE = new ConcurrentHashMap<>();

  private record Factors(double scale, double shift) {}

  private record Conversion(Input from, DType to) {}

  private Elementwise() {}

  /** scale · x + shift, rounded once. */
  public static Pointwise affine(double scale, double shift) {
    if (AFFINE.size() > MOST_FACTORS) {
      AFFINE.clear();
    }
    return AFFINE.computeIfAbsent(
        new Factors(scale, shift), f -> Pointwise.named("affine", x -> x.fma(f.scale, f.shift)));
  }

  /** x times a number. */
  public static Pointwise scale(double factor) {
    return affine(factor, -0.0);
  }

  /** a + factor · b, the product rounded before it is added. */
  public static Pointwise addScaled(double factor) {
    return Pointwise.named("add-scaled", (a, b) -> a.plus(b.times(factor)));
  }

  /**
   * Converts the elements of x: to a narrower floating type rounded to nearest even, from floating
   * to integer truncated towards zero and saturated with NaN to 0 (as Java's casts; UINT8 saturates
   * at 0 and 255), from INT32 to UINT8 saturated.
   */
  public static Map cast(TensorType x, DType to) {
    return new Map(moved(new Input(Kind.FULL, x.dtype(), 1), to), x.shape());
  }

  /** Whether an operation is {@link #cast} to a type. */
  public static boolean isCast(Op op, DType from, DType to) {
    return op instanceof Map(Formula formula, _)
        && formula.equals(moved(new Input(Kind.FULL, from, 1), to));
  }

  /**
   * Repeats a single number, a row [n] or [1, n], or a column [m, 1] to fill a shape [m, n].
   *
   * @throws ShapeException if x is neither, or is not floating
   */
  public static Map broadcast(TensorType x, Shape shape) {
    Kind kind = Map.kind(x.shape(), shape);
    if (kind == null || !x.dtype().isFloating()) {
      throw new ShapeException(
          "broadcast of "
              + x
              + ": expected a number, a row [n] or a column [m, 1] of FP32, FP64 or BF16 to fill"
              + " [m, n] = "
              + shape);
    }
    return new Map(moved(new Input(kind, x.dtype(), 1), x.dtype()), shape);
  }

  /**
   * Inverted dropout (Srivastava et al., 2014) of x and the training clock: y = x ∘ mask / (1 − p),
   * mask elements 0 with probability p.
   *
   * <p>The mask is a pure function, so the backward pass recomputes it instead of keeping it: an
   * element is dropped, and exactly 0, if the random number that {@link
   * dev.lamina.formula.Node.Uniform} gives it is less than p, rounded to a multiple of
   * 2<sup>−24</sup> as those are.
   *
   * @param rate p, from 0 to below 1
   * @param stream which dropout of the model this is
   * @throws LaminaException if p is out of range
   */
  public static Map dropout(TensorType x, double rate, int stream) {
    checkDropout(rate);
    FormulaBuilder f = new FormulaBuilder();
    Expr all = f.full(x.dtype());
    Expr u = f.uniform(f.singles(DType.INT32, Math.toIntExact(Clock.CLOCK.size())), stream);
    Expr kept = all.times(1 / (1 - rate));
    f.output(u.lessThan(Math.round(rate * 0x1p24) * 0x1p-24).select(0, kept), x.dtype());
    return new Map(f.build(), x.shape());
  }

  /** Refuses a rate of dropout that is out of range. */
  public static void checkDropout(double rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw new LaminaException("dropout rate " + rate + ": expected a number from 0 to below 1");
    }
  }

  private static Formula moved(Input input, DType to) {
    return CASTS.computeIfAbsent(
        new Conversion(input, to),
        c -> {
          FormulaBuilder f = new FormulaBuilder(List.of(c.from));
          f.output(f.read(0, 0), c.to);
          return f.build();
        });
  }
}
