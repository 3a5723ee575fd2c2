package dev.lamina.train;

import dev.lamina.backend.Backend;

/**
 * Where the data of a training run will lie: those to learn from, and those to look at after each
 * epoch.
 */
record Placements(DataReport training, DataReport validation) {
  /**
   * Decides. The data to learn from have the first choice, for they are used most.
   *
   * @param step takes batches of {@code batch} samples out of {@code data}, as if they streamed
   * @param evaluation takes its batches out of {@code held}, as if they streamed
   */
  static Placements of(
      Backend backend,
      DataPlacement asked,
      TrainingStep.Builder step,
      DeviceData data,
      int batch,
      EvaluationGraph evaluation,
      DeviceData held) {
    long ring = data.ringBytes(batch);
    long heldRing = held.ringBytes(evaluation.batchSize);
    long programs = step.peakBytes() - ring + evaluation.peakBytes() - heldRing;
    // Some data take less than a ring for them.
    long least = Math.min(held.bytes(), heldRing);
    DataReport training =
        DataReport.of(
            "training data", backend, data, asked, DataReport.room(backend, programs + least));
    long taken = training.onDevice() ? training.bytes() : ring;
    DataReport validation =
        DataReport.of(
            "validation data", backend, held, asked, DataReport.room(backend, programs + taken));
    return new Placements(training, validation);
  }
}
