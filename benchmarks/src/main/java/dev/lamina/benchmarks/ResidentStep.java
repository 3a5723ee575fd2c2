package dev.lamina.benchmarks;

import dev.lamina.backend.Backend;
import dev.lamina.benchmarks.compare.LaminaStep;
import dev.lamina.benchmarks.compare.Problem;
import dev.lamina.data.Dataset;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.nn.Model;
import dev.lamina.train.DeviceData;
import dev.lamina.train.TrainingStep;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The whole step of a problem on a device: the data lie there, a batch is gathered in shuffled
 * order, then forward, softmax cross-entropy, backward and Adam. The data set is the problem's one
 * batch, so that losses can be compared with a step that has only that batch.
 */
final class ResidentStep implements AutoCloseable {
  private final Backend backend;
  private final Model model;
  private final DeviceData data;
  private final TrainingStep step;

  ResidentStep(Backend backend, Problem problem) {
    this.backend = backend;
    model = LaminaStep.model(problem, backend);
    List<String> classes =
        IntStream.range(0, problem.classes()).mapToObj(Integer::toString).toList();
    Dataset dataset =
        Dataset.classification(problem.data(), problem.inputs(), problem.labels(), classes);
    data =
        DeviceData.upload(
            backend,
            dataset,
            new SoftmaxCrossEntropy(),
            problem.classes(),
            TrainingStep.features(model));
    step =
        TrainingStep.of(model)
            .optimizer(LaminaStep.adam())
            .batchSize(problem.batch())
            .data(data)
            .build();
  }

  /** One step; the device has finished when it returns. */
  void run() {
    run(1);
  }

  /** So many steps; the device has finished when it returns. */
  void run(int steps) {
    step.run(steps);
    backend.synchronize();
  }

  /** The mean loss before the last update. */
  double loss() {
    return step.losses().last();
  }

  @Override
  public void close() {
    step.close();
    data.close();
    model.close();
  }
}
