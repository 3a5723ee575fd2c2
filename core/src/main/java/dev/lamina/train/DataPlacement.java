package dev.lamina.train;

/** Where the samples of a training run or an evaluation lie while a device works on them. */
public enum DataPlacement {
  /** On the device if they fit there beside all else, else in the host's memory. */
  AUTO,
  /** On the device. */
  DEVICE,
  /** In the host's memory: batches go to the device while it computes. */
  HOST
}
