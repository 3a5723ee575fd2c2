package dev.lamina.nn;

import dev.lamina.random.Philox;
import dev.lamina.type.Shape;

/**
 * What an {@link Initializer} draws some elements of a parameter from.
 *
 * <p>Element i of a model's parameter number p is drawn from word i mod 4 of Philox with the
 * counter (⌊i/4⌋ low, high, p, "INIT") and the key seed. Immutable.
 *
 * @param shape the parameter's
 * @param seed the model's
 * @param number which parameter of the model it is, from 0
 * @param first the first element to draw, a multiple of 4
 */
public record Draws(Shape shape, long seed, int number, long first) {
  /** Separates these draws from those of training steps, whose counters end in a step number. */
  private static final int DOMAIN = 0x494E4954;

  private static final double UNIT = 0x1p-24;

  /** Fills in what four words make. */
  @FunctionalInterface
  private interface Numbers {
    void of(int[] words, double[] four);
  }

  /** The number of columns, which of a weight [out, in] are its inputs. */
  public long fanIn() {
    return shape.columns();
  }

  /** The number of rows, which of a weight [out, in] are its outputs. */
  public long fanOut() {
    return shape.rows();
  }

  /** Draws numbers from 0 to below 1, multiples of 2<sup>−24</sup>, each as likely. */
  public void uniform(double[] into) {
    fill(
        into,
        (words, four) -> {
          for (int k = 0; k < 4; k++) {
            four[k] = (words[k] >>> 8) * UNIT;
          }
        });
  }

  /** Draws normal numbers with mean 0 and variance 1 (Box and Muller, 1958). */
  public void normal(double[] into) {
    fill(
        into,
        (words, four) -> {
          boxMuller(words[0], words[1], four, 0);
          boxMuller(words[2], words[3], four, 2);
        });
  }

  private void fill(double[] into, Numbers numbers) {
    int[] words = new int[4];
    double[] four = new double[4];
    for (int start = 0; start < into.length; start += 4) {
      long block = (first + start) >>> 2;
      Philox.block((int) block, (int) (block >>> 32), number, DOMAIN, seed, words);
      numbers.of(words, four);
      System.arraycopy(four, 0, into, start, Math.min(4, into.length - start));
    }
  }

  private static void boxMuller(int w0, int w1, double[] into, int at) {
    double radius = Math.sqrt(-2 * StrictMath.log(((w0 >>> 8) + 1) * UNIT));
    double angle = 2 * Math.PI * ((w1 >>> 8) * UNIT);
    into[at] = radius * StrictMath.cos(angle);
    into[at + 1] = radius * StrictMath.sin(angle);
  }
}
