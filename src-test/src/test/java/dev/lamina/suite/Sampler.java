package dev.lamina.suite;

import dev.lamina.oracle.Rounding;
import dev.lamina.oracle.Value;
import dev.lamina.type.TensorType;
import java.util.SplittableRandom;

/**
 * How the elements of an input are drawn.
 *
 * @param name for messages
 */
record Sampler(String name, Draw draw) {
  /** Draws all elements of a tensor. */
  @FunctionalInterface
  interface Draw {
    double[] draw(TensorType type, SplittableRandom random);
  }

  /** Draws one element. */
  @FunctionalInterface
  interface ElementDraw {
    double draw(SplittableRandom random);
  }

  /** A sampler that draws each element by itself. */
  static Sampler each(String name, ElementDraw draw) {
    return new Sampler(
        name,
        (type, random) -> {
          double[] data = new double[Math.toIntExact(type.size())];
          for (int i = 0; i < data.length; i++) {
            data[i] = draw.draw(random);
          }
          return data;
        });
  }

  /** A sampler of these elements, whatever the random numbers. */
  static Sampler fixed(String name, double... elements) {
    return new Sampler(name, (type, random) -> elements.clone());
  }

  /** Elements that the type can hold. */
  Value sample(TensorType type, SplittableRandom random) {
    double[] data = draw.draw(type, random);
    for (int i = 0; i < data.length; i++) {
      data[i] = Rounding.round(data[i], type.dtype());
    }
    return new Value(type, data);
  }

  @Override
  public String toString() {
    return name;
  }
}
