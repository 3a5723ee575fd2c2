package dev.lamina.backend;

/**
 * Device memory that the kernels of a program take beside its operands, in bytes.
 *
 * @param needed what they hold as long as the program is there; without it there is none
 * @param wanted what they hold too, if it is free, to be faster
 * @param passing what is taken for a while when the program is made, beside both, if it is free: to
 *     measure which kernels are fastest
 */
public record KernelMemory(long needed, long wanted, long passing) {
  /** No memory at all. */
  public static final KernelMemory NONE = new KernelMemory(0, 0, 0);

  /** Checks the sizes. */
  public KernelMemory {
    if (needed < 0 || wanted < 0 || passing < 0) {
      throw new IllegalArgumentException(
          "memory of kernels: " + needed + ", " + wanted + " and " + passing + " bytes");
    }
  }

  /** The most that is taken at any time. */
  public long peak() {
    return needed + wanted + passing;
  }
}
