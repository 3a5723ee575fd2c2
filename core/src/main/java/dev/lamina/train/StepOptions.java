package dev.lamina.train;

import dev.lamina.nn.Model;
import dev.lamina.op.LossFunction;
import dev.lamina.optim.Optimizer;
import java.util.List;

/**
 * How a training step is made.
 *
 * @param data where batches come from, null if the host feeds them
 * @param targets the form of the targets
 * @param shuffle whether each epoch has an order of its own
 * @param keep names of values that can be read after a step
 * @param mixed whether weights and activations are BF16 while the parameters proper are FP32
 * @param reserves what must stay free beside the step
 */
record StepOptions(
    Model model,
    LossFunction loss,
    Optimizer optimizer,
    int batchSize,
    DeviceData data,
    Targets targets,
    boolean shuffle,
    long seed,
    List<String> keep,
    boolean mixed,
    List<Reserve> reserves) {
  /** What brings the step its batches; the caller closes it. */
  BatchSupply supply() {
    return data == null ? BatchSupply.NONE : data.supply(batchSize, shuffle, seed);
  }

  /** These options with another number of samples in a batch. */
  StepOptions withBatchSize(int samples) {
    return new StepOptions(
        model, loss, optimizer, samples, data, targets, shuffle, seed, keep, mixed, reserves);
  }

  /** These options without values to keep. */
  StepOptions plain() {
    return new StepOptions(
        model, loss, optimizer, batchSize, data, targets, shuffle, seed, List.of(), mixed,
        reserves);
  }
}
