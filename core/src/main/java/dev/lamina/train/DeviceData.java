package dev.lamina.train;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.loss.Loss;
import dev.lamina.type.DType;

/**
 * A data set for programs on a device, features as they are stored (grey values as UINT8) and
 * targets in the form that a loss takes. It lies in the device's memory, or in the host's, from
 * where batches stream to the device while that computes. Both give the same batches, bit by bit.
 *
 * <p>For programs that take features as BF16, FP32 features can be stored so: that halves the
 * memory and what is moved, and the batches have the same bits.
 */
public abstract sealed class DeviceData implements AutoCloseable
    permits PlannedData, ResidentData, StreamedData {
  private final int samples;
  private final Targets targets;

  DeviceData(int samples, Targets targets) {
    this.samples = samples;
    this.targets = targets;
  }

  /**
   * Copies a data set to a device.
   *
   * @param loss for which the targets are prepared
   * @param outputs the number of the model's outputs
   * @throws LaminaException if data, loss and outputs do not go together, or the device has too
   *     little memory
   */
  public static DeviceData upload(Backend backend, Dataset data, Loss loss, int outputs) {
    return upload(backend, data, loss, outputs, DType.FP32);
  }

  /**
   * As {@link #upload(Backend, Dataset, Loss, int)}, for programs that take features as another
   * element type.
   *
   * @param taken for a training step {@link TrainingStep#features}
   */
  public static DeviceData upload(
      Backend backend, Dataset data, Loss loss, int outputs, DType taken) {
    return new ResidentData(backend, new FeatureRows(data, taken), rows(data, loss, outputs));
  }

  /**
   * Leaves a data set in the host's memory, from where each program that takes batches of it gets
   * them in time: through two pieces of some MiB on the device, of which one is computed on while
   * the other one is filled.
   *
   * @param loss for which the targets are prepared
   * @param outputs the number of the model's outputs
   * @throws LaminaException if data, loss and outputs do not go together
   */
  public static DeviceData stream(Backend backend, Dataset data, Loss loss, int outputs) {
    return stream(backend, data, loss, outputs, DType.FP32);
  }

  /**
   * As {@link #stream(Backend, Dataset, Loss, int)}, for programs that take features as another
   * element type.
   *
   * @param taken for a training step {@link TrainingStep#features}
   */
  public static DeviceData stream(
      Backend backend, Dataset data, Loss loss, int outputs, DType taken) {
    long pieceBytes = StreamedData.pieceBytes(backend.freeBytes());
    return stream(backend, data, loss, outputs, taken, pieceBytes);
  }

  /**
   * As {@link #stream(Backend, Dataset, Loss, int, DType)}, with pieces of about so many bytes, and
   * at least of a batch.
   */
  public static DeviceData stream(
      Backend backend, Dataset data, Loss loss, int outputs, DType taken, long pieceBytes) {
    if (pieceBytes < 1) {
      throw new IllegalArgumentException("pieces of " + pieceBytes + " bytes");
    }
    TargetRows targets = rows(data, loss, outputs);
    return new StreamedData(backend, new FeatureRows(data, taken), targets, pieceBytes);
  }

  /**
   * Makes a data set lie where a report says.
   *
   * @param loss for which the targets are prepared
   * @param outputs the number of the model's outputs
   * @param taken the element type in which programs take features
   */
  public static DeviceData open(
      DataReport report, Backend backend, Dataset data, Loss loss, int outputs, DType taken) {
    return report.onDevice()
        ? upload(backend, data, loss, outputs, taken)
        : stream(backend, data, loss, outputs, taken);
  }

  /** As {@link #open}, but nothing is allocated: to find out what would be. */
  static DeviceData plan(
      DataReport report, Backend backend, Dataset data, Loss loss, int outputs, DType taken) {
    return report.onDevice()
        ? new PlannedData(new FeatureRows(data, taken), rows(data, loss, outputs))
        : stream(backend, data, loss, outputs, taken);
  }

  private static TargetRows rows(Dataset data, Loss loss, int outputs) {
    return new TargetRows(data, Targets.of(data, loss, outputs), outputs);
  }

  /** The number of samples. */
  public final int samples() {
    return samples;
  }

  /** The form of the targets. */
  public final Targets targets() {
    return targets;
  }

  /** The rows out of which programs with such batches take them; the same object each time. */
  abstract BatchTable table(int batchSize);

  /** What brings one program such batches; its user closes it, before the data. */
  abstract BatchSupply supply(int batchSize, boolean shuffle, long seed);

  /** How much memory all samples take. */
  abstract long bytes();

  /** How much of that must yet be allocated for them to lie on the device. */
  abstract long missingBytes();

  /** How much of the device's memory a {@link #supply} will take. */
  abstract long ringBytes(int batchSize);

  @Override
  public abstract void close();
}
