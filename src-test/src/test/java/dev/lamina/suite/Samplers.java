package dev.lamina.suite;

import dev.lamina.op.Activation;
import dev.lamina.oracle.Rounding;
import dev.lamina.random.Permutation;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.SplittableRandom;

/** The samplers that the cases choose from. */
final class Samplers {
  /** Both signs, around 1. */
  static final Sampler NORMAL = Sampler.each("normal", Samplers::gaussian);

  /** Both signs and large, as the logits of a model that is sure of itself. */
  static final Sampler WIDE = Sampler.each("wide", r -> 25 * gaussian(r));

  /** From 1/4 to 4: for logarithms, roots and divisors. */
  static final Sampler POSITIVE = uniform(0.25, 4);

  /** From 0 to 1. */
  static final Sampler UNIT = uniform(0, 1);

  /** Both signs, at least 0.1 away from the kink at 0. */
  static final Sampler AWAY =
      Sampler.each("away-from-zero", r -> (r.nextBoolean() ? 1 : -1) * r.nextDouble(0.1, 2));

  /** Small whole numbers, so that many elements are equal. */
  static final Sampler TIES = Sampler.each("ties", r -> r.nextInt(-2, 3));

  /** Grey values. */
  static final Sampler BYTES = Sampler.each("bytes", r -> r.nextInt(256));

  /** Integers of every size, the extreme ones included. */
  static final Sampler INTS =
      Sampler.each(
          "ints",
          r ->
              switch (r.nextInt(6)) {
                case 0 -> Integer.MIN_VALUE;
                case 1 -> Integer.MAX_VALUE;
                case 2 -> r.nextInt(-300, 600);
                case 3 -> 0;
                default -> r.nextInt();
              });

  /** All different, at least 4/n apart, in random order. */
  static final Sampler SPREAD =
      new Sampler(
          "spread",
          (type, random) -> {
            int n = Math.toIntExact(type.size());
            int seed = random.nextInt();
            double[] data = new double[n];
            for (int i = 0; i < n; i++) {
              data[i] = 4.0 * Permutation.index(seed, 0, 0, n, i) / n - 2;
            }
            return data;
          });

  /** Every second element is zero of either sign, tiny, huge, infinite or not a number. */
  static final Sampler SPECIAL =
      new Sampler("special", (type, random) -> mixed(type, random, 2, specials(type.dtype())));

  /** As {@link #SPECIAL}, with the largest numbers left out, for sums that must not overflow. */
  static final Sampler SPECIAL_TERMS =
      new Sampler(
          "special-terms", (type, random) -> mixed(type, random, 20, specialTerms(type.dtype())));

  /** Here and there minus infinity, as in masked logits. */
  static final Sampler MASKED =
      new Sampler(
          "masked", (type, random) -> mixed(type, random, 8, Double.NEGATIVE_INFINITY, 0.0, -0.0));

  /** One 1 in every row, the rest 0. */
  static final Sampler ONE_HOT =
      new Sampler(
          "one-hot",
          (type, random) -> {
            double[] data = new double[Math.toIntExact(type.size())];
            int columns = Math.toIntExact(type.shape().columns());
            for (int row = 0; row < data.length; row += columns) {
              data[row + random.nextInt(columns)] = 1;
            }
            return data;
          });

  private Samplers() {}

  static Sampler uniform(double from, double to) {
    return Sampler.each("uniform(" + from + "," + to + ")", r -> r.nextDouble(from, to));
  }

  /** Class or row numbers from 0 to n − 1. */
  static Sampler labels(long n) {
    return Sampler.each("labels(" + n + ")", r -> r.nextInt((int) n));
  }

  /** Class numbers, some of which are not among 0 to n − 1. */
  static Sampler wrongLabels(long n) {
    return Sampler.each(
        "wrong-labels(" + n + ")",
        r ->
            switch (r.nextInt(8)) {
              case 0 -> -1;
              case 1 -> n;
              case 2 -> Integer.MIN_VALUE;
              case 3 -> Integer.MAX_VALUE;
              default -> r.nextInt((int) n);
            });
  }

  /**
   * What an activation gives, the range on which its gradient is defined; or what it takes, where
   * its gradient takes that: not so far out that the gradient is nothing but rounding, of which
   * infinity times it would show the sign.
   */
  static Sampler forGradientOf(Activation activation) {
    return activation.ofInput()
        ? Sampler.each(
            "input-of-" + activation.label(), r -> Math.clamp(2 * gaussian(r), -3.5, 3.5))
        : Sampler.each("output-of-" + activation.label(), r -> activation.apply(2 * gaussian(r)));
  }

  /** Rows that are softmaxes, or their logarithms. */
  static Sampler softmaxRows(boolean log) {
    return new Sampler(
        log ? "log-softmax-rows" : "softmax-rows",
        (type, random) -> {
          double[] data = new double[Math.toIntExact(type.size())];
          int columns = Math.toIntExact(type.shape().columns());
          for (int row = 0; row < data.length; row += columns) {
            double sum = 0;
            for (int j = row; j < row + columns; j++) {
              data[j] = Math.exp(2 * gaussian(random));
              sum += data[j];
            }
            for (int j = row; j < row + columns; j++) {
              data[j] = log ? Math.log(data[j] / sum) : data[j] / sum;
            }
          }
          return data;
        });
  }

  /** A clock at this step with random seeds. */
  static Sampler clock(int step) {
    return new Sampler(
        "clock(" + step + ")",
        (type, random) -> new double[] {step, random.nextInt(), random.nextInt(), 0});
  }

  private static double gaussian(SplittableRandom random) {
    return random.nextGaussian();
  }

  private static double[] mixed(
      TensorType type, SplittableRandom random, int oneIn, double... specials) {
    double[] data = new double[Math.toIntExact(type.size())];
    for (int i = 0; i < data.length; i++) {
      data[i] =
          random.nextInt(oneIn) == 0 ? specials[random.nextInt(specials.length)] : gaussian(random);
    }
    return data;
  }

  private static double[] specials(DType dtype) {
    double normal = dtype == DType.FP32 ? Float.MIN_NORMAL : Double.MIN_NORMAL;
    double smallest = Rounding.smallest(dtype);
    double largest = Rounding.largest(dtype);
    return new double[] {
      0,
      -0.0,
      1,
      -1,
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      smallest,
      -smallest,
      3 * smallest,
      normal / 2,
      -normal / 2,
      normal,
      largest,
      -largest,
      // Where e^x, sigmoid and tanh run out of the types' ranges.
      87.5,
      -87.5,
      89,
      -89,
      -104,
      709,
      -709,
      711,
      -746,
      1e-20,
      -1e-8,
      1 + 0x1p-23,
      1 - 0x1p-24
    };
  }

  private static double[] specialTerms(DType dtype) {
    double smallest = Rounding.smallest(dtype);
    return new double[] {
      0,
      -0.0,
      1,
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      smallest,
      -smallest,
      1e30,
      -1e30
    };
  }
}
