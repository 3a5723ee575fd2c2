package dev.lamina.benchmarks.model;

import dev.lamina.backend.Precision;
import dev.lamina.benchmarks.compare.LaminaStep;
import dev.lamina.benchmarks.compare.Problem;
import dev.lamina.cuda.CostModel;
import dev.lamina.cuda.LaneOptions;
import dev.lamina.cuda.PlannedGpu;
import dev.lamina.cuda.Timeline;
import dev.lamina.data.Dataset;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.nn.Model;
import dev.lamina.train.DeviceData;
import dev.lamina.train.TrainingStep;
import dev.lamina.type.DType;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The training step of a problem, planned for a GPU as {@code ResidentStep} makes it on one: the
 * data lie there as the step takes them, a batch is gathered in shuffled order, then forward,
 * softmax cross-entropy, backward and Adam. Neither the step's memory nor the data are allocated.
 *
 * @param slabBytes the inputs of a step and all that is computed from them
 * @param once a graph of one step, each of whose nodes runs as if it were alone
 * @param several a graph of {@code repeats} steps, each of whose nodes runs as if it were alone
 * @param shared the same graph of several steps, whose nodes share the device
 */
record StepModel(
    Problem problem,
    long slabBytes,
    int repeats,
    Timeline once,
    Timeline several,
    Timeline shared) {
  /** The program's name in {@link TrainingStep}. */
  private static final String PROGRAM = "training step";

  /** Rows that stand for the data: how many there are changes nothing. */
  private static final int SAMPLES = 2;

  /** Plans a step. */
  static StepModel of(
      Problem problem,
      CostModel costs,
      Precision precision,
      LaneOptions lanes,
      PlannedGpu.Relu relu,
      int repeats) {
    List<String> classes =
        IntStream.range(0, problem.classes()).mapToObj(Integer::toString).toList();
    Dataset data =
        Dataset.classification(
            new float[SAMPLES * problem.inputs()], problem.inputs(), new int[SAMPLES], classes);
    try (PlannedGpu gpu = new PlannedGpu(costs, precision, lanes, relu);
        Model model = Model.zeros(LaminaStep.network(problem), problem.inputs(), gpu, DType.FP32);
        DeviceData rows =
            DeviceData.upload(
                gpu,
                data,
                new SoftmaxCrossEntropy(),
                problem.classes(),
                TrainingStep.features(model));
        TrainingStep step =
            TrainingStep.of(model)
                .optimizer(LaminaStep.adam())
                .batchSize(problem.batch())
                .data(rows)
                .build()) {
      return new StepModel(
          problem,
          step.program().plan().slabBytes(),
          repeats,
          gpu.timeline(PROGRAM, 1, false),
          gpu.timeline(PROGRAM, repeats, false),
          gpu.timeline(PROGRAM, repeats, true));
    }
  }
}
