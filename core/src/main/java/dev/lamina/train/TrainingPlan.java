package dev.lamina.train;

import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.loss.Loss;
import dev.lamina.nn.Model;
import dev.lamina.type.DType;
import java.util.function.BiFunction;

/**
 * What a training run will do with its data and with memory, before any is allocated.
 *
 * @param batch the number of samples in a batch
 * @param looked the data to look at after each epoch
 * @param evaluated how many of them at once
 * @param bestBytes what the copy of the best parameters takes in the host's memory, 0 for none
 */
record TrainingPlan(
    int batch,
    Dataset looked,
    int evaluated,
    Placements places,
    long bestBytes,
    TrainingMemory memory) {
  /** Without gradients there is room for so many samples at once. */
  private static final int EVALUATED = 512;

  /**
   * Plans a run.
   *
   * @param validation held-out data, or null
   * @param describe begins the description of a step of these data with such batches
   * @throws dev.lamina.LaminaException if there is too little memory for the run
   */
  static TrainingPlan of(
      Model model,
      TrainingOptions options,
      Dataset train,
      Dataset validation,
      int epochs,
      BiFunction<DeviceData, Integer, TrainingStep.Builder> describe) {
    Backend backend = model.backend();
    Loss loss = options.loss();
    int batch = Math.min(options.batchSize(), train.size());
    // Without validation data a batch shows whether an epoch left parameters that can be used.
    Dataset looked = validation == null ? train.range(0, batch) : validation;
    int evaluated = Math.max(batch, EVALUATED);
    // After the last epoch nothing can overwrite the best parameters any more.
    long best = validation == null || epochs == 1 ? 0 : model.variable().type().bytes();
    boolean shared = backend.sharesHostMemory();
    DType taken = TrainingStep.features(model);
    Placements places;
    try (DeviceData data = DeviceData.stream(backend, train, loss, model.outputs(), taken);
        DeviceData held = DeviceData.stream(backend, looked, loss, model.outputs())) {
      EvaluationGraph evaluation = new EvaluationGraph(model, loss, held, evaluated);
      TrainingStep.Builder step = describe.apply(data, batch);
      step.reserve("best parameters", shared ? best : 0);
      places = Placements.of(backend, options.placement(), step, data, batch, evaluation, held);
    }
    try (DeviceData data =
            DeviceData.plan(places.training(), backend, train, loss, model.outputs(), taken);
        DeviceData held =
            DeviceData.plan(
                places.validation(), backend, looked, loss, model.outputs(), model.dtype())) {
      EvaluationGraph evaluation = new EvaluationGraph(model, loss, held, evaluated);
      TrainingStep.Builder step =
          describe
              .apply(data, batch)
              .reserve("validation data", held.missingBytes())
              .reserve("evaluation", evaluation.peakBytes())
              .reserve("best parameters", shared ? best : 0);
      step.check();
      long samples = train.bytes() + (validation == null ? 0 : validation.bytes());
      long buffers = data.ringBytes(batch) + held.ringBytes(evaluation.batchSize);
      long device = model.variable().type().bytes() + step.peakBytes();
      TrainingMemory memory =
          shared
              ? new TrainingMemory(backend.device().id(), device + samples, 0)
              : new TrainingMemory(backend.device().id(), device, samples + best + buffers);
      return new TrainingPlan(batch, looked, evaluated, places, best, memory);
    }
  }
}
