package dev.lamina.train;

import java.util.Locale;

/**
 * How much memory a training run takes at its peak, in bytes, known before its first step: the
 * parameters, their gradients and moments, the best parameters, activations, what kernels need, the
 * data and their copies. The Java virtual machine's own memory comes on top: its heap, its code and
 * that of native libraries, together some 150 MiB.
 *
 * @param device which device
 * @param deviceBytes in the device's memory; on a CPU that is the host's, and all lies there
 * @param hostBytes in the host's memory beside it
 */
public record TrainingMemory(String device, long deviceBytes, long hostBytes) {
  private static final double MIB = 1 << 20;

  /** In words, for example {@code memory: at most 1234.5 MiB on cpu}. */
  @Override
  public String toString() {
    String text =
        String.format(Locale.ROOT, "memory: at most %,.1f MiB on %s", deviceBytes / MIB, device);
    return hostBytes == 0
        ? text
        : text + String.format(Locale.ROOT, ", %,.1f MiB of the host's", hostBytes / MIB);
  }
}
