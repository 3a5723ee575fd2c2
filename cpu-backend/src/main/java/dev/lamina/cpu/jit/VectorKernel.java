package dev.lamina.cpu.jit;

import java.lang.foreign.MemorySegment;

/** A formula in single precision, in vectors. Generated; safe for any number of threads. */
public abstract class VectorKernel {
  /** What {@link #run} returns where the formula's condition to skip holds: nothing was written. */
  public static final int SKIPPED = -1;

  /**
   * Computes n elements.
   *
   * @param streams the inputs that change from element to element, then the outputs, as floats
   * @param at where the operands start of which the {@link Layout} says that they are aligned, in
   *     bytes
   * @param starts where each of the others starts, in bytes
   * @param scalars the numbers that do not change; at the end for each flag that was raised which
   *     element was the first to do it
   * @return a bit for each flag that an element raised, or {@link #SKIPPED}
   */
  public abstract int run(MemorySegment[] streams, long at, long[] starts, double[] scalars, int n);
}
