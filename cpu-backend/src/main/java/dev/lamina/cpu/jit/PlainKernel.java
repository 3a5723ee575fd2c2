package dev.lamina.cpu.jit;

/** A formula in double precision, in plain Java. Generated; safe for any number of threads. */
public abstract class PlainKernel {
  /**
   * Computes n elements.
   *
   * @param streams the inputs that change from element to element, then the outputs
   * @param scalars the numbers that do not change; at the end for each flag that was raised which
   *     element was the first to do it
   * @return a bit for each flag that an element raised, or {@link VectorKernel#SKIPPED}
   */
  public abstract int run(double[][] streams, double[] scalars, int n);
}
