package dev.lamina.cuda.lt;

/**
 * Device memory that one stream's products may use.
 *
 * @param address its device address, a multiple of 256
 * @param bytes its size
 */
public record Workspace(long address, long bytes) {
  /** No memory at all. */
  public static final Workspace NONE = new Workspace(0, 0);

  /** Checks size and alignment. */
  public Workspace {
    if (bytes < 0 || address % 256 != 0) {
      throw new IllegalArgumentException(
          "expected a workspace at a multiple of 256, got " + bytes + " bytes at " + address);
    }
  }
}
