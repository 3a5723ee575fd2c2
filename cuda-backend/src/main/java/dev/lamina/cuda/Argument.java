package dev.lamina.cuda;

/**
 * A kernel's argument.
 *
 * @param kind its type
 * @param bits its value's bits; of scratch memory, where it starts in the call's scratch memory
 */
record Argument(Kind kind, long bits) {
  /** Types of kernel parameters, with their names in PTX. */
  enum Kind {
    /** A device address. */
    ADDRESS("u64"),
    /** An address in the scratch memory of the call. */
    SCRATCH("u64"),
    /** A 64-bit integer. */
    COUNT("u64"),
    /** A 32-bit integer. */
    INTEGER("u32"),
    /** A double. */
    NUMBER("f64"),
    /** A float. */
    FLOAT("f32");

    private final String ptx;

    Kind(String ptx) {
      this.ptx = ptx;
    }

    String ptx() {
      return ptx;
    }
  }

  static final Argument NULL = address(0);

  static Argument address(long address) {
    return new Argument(Kind.ADDRESS, address);
  }

  static Argument scratch(long offset) {
    return new Argument(Kind.SCRATCH, offset);
  }

  static Argument count(long value) {
    return new Argument(Kind.COUNT, value);
  }

  static Argument integer(int value) {
    return new Argument(Kind.INTEGER, value);
  }

  static Argument flag(boolean value) {
    return integer(value ? 1 : 0);
  }

  static Argument number(double value) {
    return new Argument(Kind.NUMBER, Double.doubleToRawLongBits(value));
  }

  static Argument number(float value) {
    return new Argument(Kind.FLOAT, Float.floatToRawIntBits(value));
  }
}
