package dev.lamina.nn;

import dev.lamina.LaminaException;
import java.util.Arrays;

/**
 * How a parameter starts: one of the constants and records here, or a rule of your own, as in
 *
 * <pre>{@code
 * Initializer sparse = (draws, into) -> {
 *   draws.uniform(into);
 *   for (int i = 0; i < into.length; i++) {
 *     into[i] = into[i] > 0.8 ? 0.1 : 0;
 *   }
 * };
 * }</pre>
 *
 * <p>Fan-in and fan-out are the columns and rows of a weight [out, in]. What is drawn is a pure
 * function of the seed, the parameter and the element ({@link Draws}), so every backend and every
 * number of threads gives the same values. Parts of one parameter are drawn by several threads at a
 * time: a rule must not keep state.
 */
@FunctionalInterface
public interface Initializer {
  /** All 0. */
  Initializer ZEROS = new Constant(0);

  /** All 1. */
  Initializer ONES = new Constant(1);

  /** N(0, 2 / fan-in): He, Zhang, Ren and Sun (2015), for ReLU. */
  Initializer HE_NORMAL = new VarianceScaling(2, Fan.IN, Distribution.NORMAL);

  /** U(−a, a) with a² = 6 / fan-in: as HE_NORMAL, uniform. */
  Initializer HE_UNIFORM = new VarianceScaling(2, Fan.IN, Distribution.UNIFORM);

  /** N(0, 2 / (fan-in + fan-out)): Glorot and Bengio (2010), for tanh and sigmoid. */
  Initializer XAVIER_NORMAL = new VarianceScaling(1, Fan.MEAN, Distribution.NORMAL);

  /** U(−a, a) with a² = 6 / (fan-in + fan-out): as XAVIER_NORMAL, uniform. */
  Initializer XAVIER_UNIFORM = new VarianceScaling(1, Fan.MEAN, Distribution.UNIFORM);

  /** N(0, 1 / fan-in): LeCun, Bottou, Orr and Müller (1998), also for SELU. */
  Initializer LECUN_NORMAL = new VarianceScaling(1, Fan.IN, Distribution.NORMAL);

  /** U(−a, a) with a² = 3 / fan-in: as LECUN_NORMAL, uniform. */
  Initializer LECUN_UNIFORM = new VarianceScaling(1, Fan.IN, Distribution.UNIFORM);

  /**
   * Computes the elements that {@code draws} is for.
   *
   * @param into filled from its start
   */
  void draw(Draws draws, double[] into);

  /** All the same number. */
  record Constant(double value) implements Initializer {
    /** Checks the number. */
    public Constant {
      finite("value", value);
    }

    @Override
    public void draw(Draws draws, double[] into) {
      Arrays.fill(into, value);
    }

    @Override
    public String toString() {
      return NamedInitializers.text(this, "Constant(" + value + ")");
    }
  }

  /** U(low, high), each number as likely as any other. */
  record Uniform(double low, double high) implements Initializer {
    /** Checks the numbers. */
    public Uniform {
      finite("low", low);
      finite("high", high);
      if (low > high) {
        throw new LaminaException(
            "Uniform(" + low + ", " + high + "): expected low to be at most high");
      }
    }

    @Override
    public void draw(Draws draws, double[] into) {
      draws.uniform(into);
      for (int i = 0; i < into.length; i++) {
        into[i] = low + (high - low) * into[i];
      }
    }

    @Override
    public String toString() {
      return NamedInitializers.text(this, "Uniform(" + low + ", " + high + ")");
    }
  }

  /** N(μ, σ²) with mean μ and standard deviation σ. */
  record Normal(double mean, double deviation) implements Initializer {
    /** Checks the numbers. */
    public Normal {
      finite("mean", mean);
      finite("deviation", deviation);
      if (deviation < 0) {
        throw new LaminaException(
            "standard deviation " + deviation + " of an initializer: expected 0 or more");
      }
    }

    @Override
    public void draw(Draws draws, double[] into) {
      draws.normal(into);
      for (int i = 0; i < into.length; i++) {
        into[i] = mean + deviation * into[i];
      }
    }

    @Override
    public String toString() {
      return NamedInitializers.text(this, "Normal(" + mean + ", " + deviation + ")");
    }
  }

  /** By what the variance of {@link VarianceScaling} is divided. */
  enum Fan {
    /** Fan-in, so that the outputs vary as the inputs do. */
    IN,
    /** Fan-out, so that the inputs' gradients vary as the outputs' do. */
    OUT,
    /** The mean of both. */
    MEAN
  }

  /** From what {@link VarianceScaling} draws. */
  enum Distribution {
    /** A normal distribution. */
    NORMAL,
    /** A uniform distribution around 0. */
    UNIFORM
  }

  /**
   * Mean 0 and variance scale / n: N(0, scale / n), or U(−a, a) with a² = 3 scale / n.
   *
   * @param scale above 0; 2 where half of the units are 0, as with ReLU
   * @param fan n
   */
  record VarianceScaling(double scale, Fan fan, Distribution distribution) implements Initializer {
    /** Checks the numbers. */
    public VarianceScaling {
      finite("scale", scale);
      if (scale <= 0) {
        throw new LaminaException("scale " + scale + " of an initializer: expected more than 0");
      }
    }

    @Override
    public void draw(Draws draws, double[] into) {
      double n =
          switch (fan) {
            case IN -> draws.fanIn();
            case OUT -> draws.fanOut();
            case MEAN -> (draws.fanIn() + draws.fanOut()) / 2.0;
          };
      if (distribution == Distribution.NORMAL) {
        draws.normal(into);
        times(into, Math.sqrt(scale / n));
      } else {
        draws.uniform(into);
        for (int i = 0; i < into.length; i++) {
          into[i] = 2 * into[i] - 1;
        }
        times(into, Math.sqrt(3 * scale / n));
      }
    }

    private static void times(double[] numbers, double factor) {
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] *= factor;
      }
    }

    @Override
    public String toString() {
      return NamedInitializers.text(
          this,
          "VarianceScaling("
              + (scale + ", Initializer.Fan." + fan)
              + (", Initializer.Distribution." + distribution + ")"));
    }
  }

  private static void finite(String what, double value) {
    if (!Double.isFinite(value)) {
      throw new LaminaException(
          what + " " + value + " of an initializer: expected a finite number");
    }
  }
}
