package dev.lamina.benchmarks.compare;

import dev.lamina.LaminaException;
import dev.lamina.random.Philox;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * What every contender trains on: a multilayer perceptron with ReLU between its linear layers, one
 * batch, and Adam with its usual constants. All numbers come from the seed, so that every process
 * has the same ones.
 *
 * @param widths the number of inputs, of units of each hidden layer, and of classes
 * @param batch the number of samples in a step
 * @param seed what all numbers come from
 */
public record Problem(int[] widths, int batch, long seed) {
  /**
   * Adam's step size: small enough for layers of 4096. At 1e-3 their losses rise sixfold first, and
   * then rounding decides where they go.
   */
  public static final double LEARNING_RATE = 1e-4;

  /** Adam's decay of the first moment. */
  public static final double BETA1 = 0.9;

  /** Adam's decay of the second moment. */
  public static final double BETA2 = 0.999;

  /** What Adam adds to the denominator. */
  public static final double EPSILON = 1e-8;

  private static final int INPUTS = -1;
  private static final int LABELS = -2;

  /**
   * Reads {@code 784-512-512-10:128}, the widths and the batch.
   *
   * @throws LaminaException where the text is something else
   */
  public static Problem parse(String text) {
    if (!text.matches("[1-9]\\d*(-[1-9]\\d*)+:[1-9]\\d*")) {
      throw new LaminaException(
          "a problem is written as 784-512-512-10:128 (widths, then the batch), not " + text);
    }
    String[] parts = text.split(":");
    int[] widths = Arrays.stream(parts[0].split("-")).mapToInt(Integer::parseInt).toArray();
    return new Problem(widths, Integer.parseInt(parts[1]), 42);
  }

  /** The number of linear layers. */
  public int layers() {
    return widths.length - 1;
  }

  /** The number of inputs of each sample. */
  public int inputs() {
    return widths[0];
  }

  /** The number of classes. */
  public int classes() {
    return widths[widths.length - 1];
  }

  /** The batch, row-major [batch, inputs], uniform in [0, 1). */
  public float[] data() {
    float[] data = new float[batch * inputs()];
    fill(data, INPUTS, 0, 1);
    return data;
  }

  /** The class of each sample. */
  public int[] labels() {
    float[] uniform = new float[batch];
    fill(uniform, LABELS, 0, classes());
    int[] labels = new int[batch];
    Arrays.setAll(labels, i -> (int) uniform[i]);
    return labels;
  }

  /** A layer's initial weights, row-major [outputs, inputs], uniform after He et al. (2015). */
  public float[] weights(int layer) {
    float[] weights = new float[widths[layer + 1] * widths[layer]];
    float bound = (float) Math.sqrt(6.0 / widths[layer]);
    fill(weights, layer, -bound, bound);
    return weights;
  }

  /** A layer's initial bias: zeros. */
  public float[] bias(int layer) {
    return new float[widths[layer + 1]];
  }

  /** The floating-point operations of one step's matrix products. */
  public double flops() {
    double products = 0;
    for (int layer = 0; layer < layers(); layer++) {
      // Forward, weight gradient, and, but for the first layer, input gradient.
      products += (layer == 0 ? 2.0 : 3.0) * widths[layer] * widths[layer + 1];
    }
    return 2 * batch * products;
  }

  @Override
  public String toString() {
    return Arrays.stream(widths).mapToObj(Integer::toString).collect(Collectors.joining("-"))
        + ":"
        + batch;
  }

  private void fill(float[] values, int stream, float from, float to) {
    int[] block = new int[4];
    for (int i = 0; i < values.length; i++) {
      if (i % 4 == 0) {
        Philox.block(i / 4, 0, stream, 0, seed, block);
      }
      values[i] = from + (to - from) * (block[i % 4] >>> 8) * 0x1p-24f;
    }
  }
}
