package dev.lamina.train;

import dev.lamina.backend.Backend;
import java.util.Locale;

/**
 * Where the samples of a data set lie while a device works on them, and why.
 *
 * @param what which data, for example {@code training data}
 * @param device the device
 * @param asked what was asked for
 * @param onDevice whether they lie on the device; else they stream from the host's memory
 * @param bytes how much memory all samples take
 * @param roomBytes how much of the device's memory was left for them beside all else
 */
public record DataReport(
    String what, String device, DataPlacement asked, boolean onDevice, long bytes, long roomBytes) {
  /** This part of the free memory is left to the kernels and to other programs. */
  private static final int SPARE = 16;

  /** How much memory of a device is left for data beside what a program needs. */
  static long room(Backend backend, long neededBytes) {
    long free = backend.freeBytes();
    return free == Long.MAX_VALUE ? free : free - free / SPARE - neededBytes;
  }

  /** Decides. */
  static DataReport of(
      String what, Backend backend, DeviceData data, DataPlacement asked, long roomBytes) {
    boolean fits =
        switch (asked) {
          case AUTO -> data.bytes() <= roomBytes;
          case DEVICE -> true;
          case HOST -> false;
        };
    return new DataReport(what, backend.device().id(), asked, fits, data.bytes(), roomBytes);
  }

  /**
   * In words, for example {@code training data: streaming from the host to cuda:0 (they take
   * 120,000,000,000 bytes, and there is room for 70,000,000,000)}.
   */
  @Override
  public String toString() {
    String where = onDevice ? "on " + device : "streaming from the host to " + device;
    if (asked != DataPlacement.AUTO) {
      return String.format(Locale.ROOT, "%s: %s, as asked (%,d bytes)", what, where, bytes);
    }
    return roomBytes == Long.MAX_VALUE
        ? String.format(Locale.ROOT, "%s: %s (%,d bytes)", what, where, bytes)
        : String.format(
            Locale.ROOT,
            "%s: %s (they take %,d bytes, and there is room for %,d)",
            what,
            where,
            bytes,
            Math.max(0, roomBytes));
  }
}
