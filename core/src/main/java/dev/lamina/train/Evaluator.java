package dev.lamina.train;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.graph.Variable;
import dev.lamina.nn.Mode;
import dev.lamina.nn.Model;
import dev.lamina.op.Advance;
import dev.lamina.op.BatchIndices;
import dev.lamina.op.Clock;
import dev.lamina.op.CountCorrect;
import dev.lamina.op.Loss;
import dev.lamina.op.LossFunction;
import dev.lamina.op.TrackLoss;
import dev.lamina.program.Program;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/**
 * Evaluates a model on a data set on its device, as often as asked: without gradients, without
 * dropout, without saved activations.
 */
public final class Evaluator implements AutoCloseable {
  private static final int PART = Operand.ALIGNMENT;

  private final Model model;
  private final LossFunction loss;
  private final DeviceData data;
  private final boolean accuracy;
  private final Variable clock = new Variable("clock", Clock.CLOCK);
  private final Variable tracker = new Variable("loss tracker", Clock.TRACKER);
  private final Variable correct = new Variable("right answers", CountCorrect.COUNTER);
  private final Memory state;
  private final int batchSize;
  private final Program full;
  private final Program rest;

  /**
   * An evaluator for a model and a data set on the same device.
   *
   * @param batchSize how many samples are evaluated at once
   */
  public Evaluator(Model model, LossFunction loss, DeviceData data, int batchSize) {
    this.model = model;
    this.loss = loss;
    this.data = data;
    this.accuracy = data.targets() != Targets.VALUES;
    this.batchSize = Math.min(batchSize, data.samples());
    Backend backend = model.backend();
    state = backend.allocate("evaluation state", 3 * PART);
    Map<Variable, Operand> bindings = new HashMap<>();
    bindings.put(clock, new Operand(state, 0, clock.type()));
    bindings.put(tracker, new Operand(state, PART, tracker.type()));
    bindings.put(correct, new Operand(state, 2 * PART, correct.type()));
    bindings.put(model.variable(), model.operand());
    data.bind(bindings);
    Program first = null;
    Program second = null;
    try {
      first = Program.compile("evaluation", graph(this.batchSize, true), backend, bindings);
      int left = data.samples() % this.batchSize;
      second =
          left == 0
              ? null
              : Program.compile("evaluation of the rest", graph(left, false), backend, bindings);
    } catch (RuntimeException e) {
      state.close();
      if (first != null) {
        first.close();
      }
      throw e;
    }
    full = first;
    rest = second;
  }

  private Graph graph(int size, boolean fromClock) {
    Graph graph = new Graph();
    Value clockValue = graph.read(clock);
    Value x;
    Value y;
    if (fromClock) {
      Value indices = graph.emit(new BatchIndices(size, data.samples(), false), clockValue);
      x = data.gatherFeatures(graph, indices, model.dtype());
      y = data.gatherTargets(graph, indices, model.dtype());
    } else {
      x = data.sliceFeatures(graph, data.samples() - size, size, model.dtype());
      y = data.sliceTargets(graph, data.samples() - size, size, model.dtype());
    }
    Value z = model.build(graph, x, Mode.EVALUATION, null);
    Value mean = graph.emit(new Loss(loss), z, y);
    graph.apply(new TrackLoss(), mean, clockValue, graph.read(tracker));
    if (accuracy) {
      LossFunction rule =
          data.targets() == Targets.SECOND_CLASS
              ? LossFunction.BINARY_CROSS_ENTROPY
              : LossFunction.SOFTMAX_CROSS_ENTROPY;
      graph.apply(new CountCorrect(rule), z, y, graph.read(correct));
    }
    graph.apply(new Advance(), clockValue);
    return graph;
  }

  /** Evaluates the model as it is now; waits for the device. */
  public Evaluation evaluate() {
    state.write(0, MemorySegment.ofArray(new byte[3 * PART]));
    int batches = data.samples() / batchSize;
    full.run(batches);
    double[] values = tracked();
    double sum = values[Clock.LOSS_SUM] * batchSize;
    boolean finite = values[Clock.FIRST_BAD_STEP] == 0;
    if (rest != null) {
      rest.run();
      double[] after = tracked();
      sum +=
          (after[Clock.LOSS_SUM] - values[Clock.LOSS_SUM]) * (data.samples() - batches * batchSize);
      finite &= after[Clock.FIRST_BAD_STEP] == 0;
    }
    double mean = finite ? sum / data.samples() : Double.NaN;
    double[] right = new double[1];
    state.read(2 * PART, MemorySegment.ofArray(right));
    return new Evaluation(
        mean,
        accuracy ? right[0] / data.samples() : Double.NaN,
        loss == LossFunction.MEAN_SQUARED_ERROR ? Math.sqrt(mean) : Double.NaN,
        data.samples());
  }

  private double[] tracked() {
    double[] values = new double[4];
    state.read(PART, MemorySegment.ofArray(values));
    return values;
  }

  @Override
  public void close() {
    full.close();
    if (rest != null) {
      rest.close();
    }
    state.close();
  }
}
