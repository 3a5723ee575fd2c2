package dev.lamina.cpu.jit;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** What generated vector code refers to. Loaded only where the incubator module is there. */
final class Species {
  /** The machine's widest vector of floats. */
  static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

  /** How many floats a vector holds; a power of two. */
  static final int V = F.length();

  static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /**
   * The bytes of a vector, by which loops over many segments advance. Not final on purpose: a
   * stride that the JIT compiler does not know keeps it from hoisting the bounds checks out of the
   * loop. Where it hoists those of four segments it gets the condition wrong (JDK 25,
   * "profile_predicate"), throws the compiled loop away and compiles it anew, for minutes: Adam
   * then takes 30 ms instead of 0.3.
   */
  static long stride = 4L * V;

  private Species() {}
}
