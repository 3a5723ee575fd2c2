package dev.lamina.nn;

import dev.lamina.random.Philox;
import dev.lamina.type.Shape;
import java.util.Arrays;

/**
 * How a parameter starts. Fan-in and fan-out are the columns and rows of a weight [out, in].
 *
 * <p>Element i of a model's parameter number p is a pure function of the seed: word i mod 4 of
 * Philox with the counter (⌊i/4⌋ low, high, p, "INIT") and the key seed, so every backend and every
 * number of threads gives the same values.
 */
public enum Initializer {
  /** All 0. */
  ZEROS,
  /** All 1. */
  ONES,
  /** N(0, 2 / fan-in): He, Zhang, Ren and Sun (2015), for ReLU. */
  HE_NORMAL,
  /** U(−a, a) with a² = 6 / fan-in: as HE_NORMAL, uniform. */
  HE_UNIFORM,
  /** N(0, 2 / (fan-in + fan-out)): Glorot and Bengio (2010), for tanh and sigmoid. */
  XAVIER_NORMAL,
  /** U(−a, a) with a² = 6 / (fan-in + fan-out): as XAVIER_NORMAL, uniform. */
  XAVIER_UNIFORM;

  /** Separates these draws from those of training steps, whose counters end in a step number. */
  private static final int DOMAIN = 0x494E4954;

  private static final double UNIT = 0x1p-24;

  /**
   * Draws elements.
   *
   * @param shape the parameter's
   * @param number which parameter of the model it is, from 0
   * @param first the first element to draw, a multiple of 4
   * @param into filled from its start
   */
  public void draw(Shape shape, long seed, int number, long first, double[] into) {
    if (this == ZEROS || this == ONES) {
      Arrays.fill(into, this == ONES ? 1 : 0);
      return;
    }
    double scale = scale(shape);
    boolean normal = this == HE_NORMAL || this == XAVIER_NORMAL;
    int[] words = new int[4];
    double[] four = new double[4];
    for (int start = 0; start < into.length; start += 4) {
      long block = (first + start) >>> 2;
      Philox.block((int) block, (int) (block >>> 32), number, DOMAIN, seed, words);
      if (normal) {
        boxMuller(words[0], words[1], four, 0);
        boxMuller(words[2], words[3], four, 2);
      } else {
        for (int k = 0; k < 4; k++) {
          four[k] = 2 * ((words[k] >>> 8) * UNIT) - 1;
        }
      }
      for (int k = 0; k < 4 && start + k < into.length; k++) {
        into[start + k] = scale * four[k];
      }
    }
  }

  private double scale(Shape shape) {
    double in = shape.columns();
    double both = in + shape.rows();
    return switch (this) {
      case ZEROS, ONES -> 0;
      case HE_NORMAL -> Math.sqrt(2 / in);
      case HE_UNIFORM -> Math.sqrt(6 / in);
      case XAVIER_NORMAL -> Math.sqrt(2 / both);
      case XAVIER_UNIFORM -> Math.sqrt(6 / both);
    };
  }

  /** Two standard normal numbers of two words (Box and Muller, 1958). */
  private static void boxMuller(int w0, int w1, double[] into, int at) {
    double radius = Math.sqrt(-2 * StrictMath.log(((w0 >>> 8) + 1) * UNIT));
    double angle = 2 * Math.PI * ((w1 >>> 8) * UNIT);
    into[at] = radius * StrictMath.cos(angle);
    into[at + 1] = radius * StrictMath.sin(angle);
  }
}
