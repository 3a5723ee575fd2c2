package dev.lamina.cpu;

import jdk.incubator.vector.VectorShape;

/** Whether the Vector API, an incubating module of the JDK, is there. */
final class VectorModule {
  static final String REMEDY = "Start Java with --add-modules jdk.incubator.vector";

  static final String NOTE =
      "the Vector API is off, so work beside matrix products takes several times as long. "
          + REMEDY;

  private VectorModule() {}

  /** Whether it is there. */
  static boolean present() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
  }

  /** The width of its vectors on this machine, for people. */
  static String description() {
    return present() ? Width.bits() + " bits" : "off";
  }

  /** Loaded only when the module is there. */
  private static final class Width {
    static int bits() {
      return VectorShape.preferredShape().vectorBitSize();
    }
  }
}
