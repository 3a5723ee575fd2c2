package dev.lamina.train;

import dev.lamina.LaminaException;
import dev.lamina.nn.Model;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * How a training step of a model is made.
 *
 * @param options the numbers; a step has no use for the placement
 * @param data where batches come from, null if the host feeds them
 * @param targets the form of the targets
 * @param keep names of values that can be read after a step
 * @param mixed whether weights and activations are BF16 while the parameters proper are FP32
 * @param reserves what must stay free beside the step
 */
record StepOptions(
    Model model,
    TrainingOptions options,
    DeviceData data,
    Targets targets,
    List<String> keep,
    boolean mixed,
    List<Reserve> reserves) {
  int batchSize() {
    return options.batchSize();
  }

  /** What brings the step its batches; the caller closes it. */
  BatchSupply supply() {
    return data == null
        ? BatchSupply.NONE
        : data.supply(batchSize(), options.shuffle(), options.seed());
  }

  /** The type of a batch that the host feeds. */
  TensorType inputType() {
    return TensorType.of(model.dtype(), batchSize(), model.inputs());
  }

  /** The type of its targets. */
  TensorType targetType() {
    return targets.type(batchSize(), model.outputs(), model.dtype());
  }

  /** Checks a batch that the host feeds. */
  void checkFed(MemorySegment inputs, MemorySegment fedTargets) {
    if (data != null) {
      throw new IllegalStateException(
          "the training step takes its batches from the data it was made with; it cannot be fed");
    }
    inputType().checkHost("the batch's inputs", inputs);
    targetType().checkHost("the batch's targets", fedTargets);
    if (targets != Targets.CLASS_NUMBERS) {
      return;
    }
    for (int i = 0; i < batchSize(); i++) {
      int label = fedTargets.get(ValueLayout.JAVA_INT_UNALIGNED, (long) i * Integer.BYTES);
      if (label < 0 || label >= model.outputs()) {
        throw new LaminaException(
            "sample "
                + i
                + " of the batch is of class "
                + label
                + ", but the model has "
                + model.outputs()
                + " outputs: classes are numbered 0 to "
                + (model.outputs() - 1)
                + ". Nothing of the batch was taken; the step can be fed and run as before");
      }
    }
  }

  /** The same with another number of samples in a batch. */
  StepOptions withBatchSize(int samples) {
    return new StepOptions(
        model, options.withBatchSize(samples), data, targets, keep, mixed, reserves);
  }

  /** The same without values to keep. */
  StepOptions plain() {
    return new StepOptions(model, options, data, targets, List.of(), mixed, reserves);
  }
}
