package dev.lamina.cpu;

import java.util.Random;

/** Numbers to compute with. */
final class Samples {
  private static final double[] SPECIAL = {
    0,
    -0.0,
    1,
    -1,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    1e-40,
    -1e-40,
    Float.MIN_VALUE,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    88.5,
    89.5,
    -87,
    -90,
    -103,
    -105,
    1e-5,
    20
  };

  private Samples() {}

  /** So many normally distributed numbers. */
  static double[] normal(long size, double deviation, long seed) {
    Random random = new Random(seed);
    double[] x = new double[Math.toIntExact(size)];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (deviation * random.nextGaussian());
    }
    return x;
  }

  /** So many numbers from {@code low} to below {@code high}. */
  static double[] uniform(long size, double low, double high, long seed) {
    Random random = new Random(seed);
    double[] x = new double[Math.toIntExact(size)];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (low + (high - low) * random.nextDouble());
    }
    return x;
  }

  /** So many whole numbers from {@code low} to below {@code high}. */
  static double[] integers(long size, int low, int high, long seed) {
    Random random = new Random(seed);
    double[] x = new double[Math.toIntExact(size)];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextInt(low, high);
    }
    return x;
  }

  /** Replaces every {@code step}-th number by a special one. */
  static double[] special(double[] x, int step) {
    for (int i = 0; i < x.length; i += step) {
      x[i] = (float) SPECIAL[(i / step * 7 + i) % SPECIAL.length];
    }
    return x;
  }
}
