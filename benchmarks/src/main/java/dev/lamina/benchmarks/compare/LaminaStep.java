package dev.lamina.benchmarks.compare;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.Backends;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.op.Activation;
import dev.lamina.optim.Adam;
import dev.lamina.optim.Schedule;
import dev.lamina.train.TrainingStep;
import dev.lamina.type.DType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Lamina's training step on the CPU, as {@link dev.lamina.train.Trainer} runs it. */
public final class LaminaStep implements StepUnderTest {
  private final Backend backend;
  private final Model model;
  private final TrainingStep training;

  /** Takes the problem's batch and initial parameters. */
  public LaminaStep(Problem problem, int threads) {
    backend = Backends.open("cpu", BackendOptions.DEFAULT.withThreads(threads));
    model = model(problem, backend);
    training = TrainingStep.of(model).optimizer(adam()).batchSize(problem.batch()).build();
    training.feed(MemorySegment.ofArray(problem.data()), MemorySegment.ofArray(problem.labels()));
  }

  /** The problem's layers. */
  public static Sequential network(Problem problem) {
    int[] widths = problem.widths();
    return Sequential.mlp(
        problem.inputs(),
        Arrays.stream(widths, 1, widths.length - 1).boxed().toList(),
        problem.classes(),
        Activation.RELU,
        0);
  }

  /** The problem's network with its initial parameters on a device. */
  public static Model model(Problem problem, Backend backend) {
    Model model = Model.zeros(network(problem), problem.inputs(), backend, DType.FP32);
    for (int layer = 0; layer < problem.layers(); layer++) {
      // A ReLU without parameters stands between any two linear layers.
      String path = Integer.toString(2 * layer);
      model.write(path + ".weight", MemorySegment.ofArray(problem.weights(layer)));
      model.write(path + ".bias", MemorySegment.ofArray(problem.bias(layer)));
    }
    return model;
  }

  /** Adam with the problem's constants. */
  public static Adam adam() {
    return new Adam(
        Schedule.constant(Problem.LEARNING_RATE), Problem.BETA1, Problem.BETA2, Problem.EPSILON, 0);
  }

  @Override
  public String name() {
    return "Lamina on " + backend.device().name();
  }

  @Override
  public void step() {
    training.run();
    backend.synchronize();
  }

  @Override
  public double loss() {
    return training.losses().last();
  }

  @Override
  public void close() {
    training.close();
    model.close();
    backend.close();
  }
}
