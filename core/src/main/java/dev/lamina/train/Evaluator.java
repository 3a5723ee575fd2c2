package dev.lamina.train;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.data.Dataset;
import dev.lamina.graph.Variable;
import dev.lamina.nn.Model;
import dev.lamina.op.Clock;
import dev.lamina.op.LossFunction;
import dev.lamina.program.Program;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Evaluates a model on a data set on its device, as often as asked: without gradients, without
 * dropout, without saved activations. One thread at a time may use it.
 */
public final class Evaluator implements AutoCloseable {
  private static final int PART = EvaluationGraph.PART;

  /** Pieces grow until one takes so long. */
  private static final long PIECE_NANOS = 20_000_000;

  private final LossFunction loss;
  private final int samples;
  private final EvaluationGraph graphs;
  private final Backend backend;
  private final Memory state;
  private final BatchSupply supply;
  private final Program full;
  private final Program rest;

  /**
   * An evaluator for a model and a data set on the same device, or streaming there.
   *
   * @param data must stay open as long as the evaluator
   * @param batchSize how many samples are evaluated at once
   */
  public Evaluator(Model model, LossFunction loss, DeviceData data, int batchSize) {
    this.loss = loss;
    samples = data.samples();
    graphs = new EvaluationGraph(model, loss, data, batchSize);
    backend = model.backend();
    state = backend.allocate("evaluation state", 3 * PART);
    Map<Variable, Operand> bindings = new HashMap<>();
    bindings.put(graphs.clock, new Operand(state, 0, graphs.clock.type()));
    bindings.put(graphs.tracker, new Operand(state, PART, graphs.tracker.type()));
    bindings.put(graphs.correct, new Operand(state, 2 * PART, graphs.correct.type()));
    bindings.put(model.variable(), model.operand());
    BatchSupply supplied = BatchSupply.NONE;
    Program first = null;
    Program second = null;
    try {
      supplied = data.supply(graphs.batchSize, false, 0);
      supplied.bind(bindings);
      first = Program.compile("evaluation", graphs.ofBatch(), backend, bindings);
      second =
          graphs.rest() == 0
              ? null
              : Program.compile("evaluation of the rest", graphs.ofRest(), backend, bindings);
    } catch (RuntimeException e) {
      if (first != null) {
        first.close();
      }
      supplied.close();
      state.close();
      throw e;
    }
    supply = supplied;
    full = first;
    rest = second;
  }

  /**
   * Where the samples of a data set should lie while a model is evaluated on it.
   *
   * @param what the data, in words
   * @param batchSize how many samples will be evaluated at once
   */
  public static DataReport place(
      String what,
      Model model,
      LossFunction loss,
      Dataset data,
      int batchSize,
      DataPlacement placement) {
    Backend backend = model.backend();
    try (DeviceData streamed = DeviceData.stream(backend, data, loss, model.outputs())) {
      EvaluationGraph graph = new EvaluationGraph(model, loss, streamed, batchSize);
      long needed = graph.peakBytes() - streamed.ringBytes(graph.batchSize);
      return DataReport.of(what, backend, streamed, placement, DataReport.room(backend, needed));
    }
  }

  /** Evaluates the model as it is now; waits for the device. */
  public Evaluation evaluate() {
    begin();
    supply.run(full, 0, graphs.batches());
    return result();
  }

  /**
   * Evaluates the model as it is now unless it is asked to give up; waits for the device.
   *
   * @param giveUp asked every few dozen milliseconds, as far as the device's speed allows
   * @return nothing once it was given up; the same numbers as {@link #evaluate()} otherwise
   */
  public Optional<Evaluation> evaluate(BooleanSupplier giveUp) {
    begin();
    int batches = graphs.batches();
    int done = 0;
    for (int piece = 1; done < batches; ) {
      if (giveUp.getAsBoolean()) {
        return Optional.empty();
      }
      long before = System.nanoTime();
      int now = Math.min(piece, batches - done);
      supply.run(full, done, now);
      backend.synchronize();
      done += now;
      if (System.nanoTime() - before < PIECE_NANOS) {
        piece *= 2;
      }
    }
    return Optional.of(result());
  }

  private void begin() {
    state.write(0, MemorySegment.ofArray(new byte[3 * PART]));
  }

  private Evaluation result() {
    int batches = graphs.batches();
    double[] values = tracked();
    double sum = values[Clock.LOSS_SUM] * graphs.batchSize;
    boolean finite = values[Clock.FIRST_BAD_STEP] == 0;
    if (rest != null) {
      supply.run(rest, batches, 1);
      double[] after = tracked();
      sum += (after[Clock.LOSS_SUM] - values[Clock.LOSS_SUM]) * graphs.rest();
      finite &= after[Clock.FIRST_BAD_STEP] == 0;
    }
    double mean = finite ? sum / samples : Double.NaN;
    double[] right = new double[1];
    state.read(2 * PART, MemorySegment.ofArray(right));
    return new Evaluation(
        mean, graphs.accuracy ? right[0] / samples : Double.NaN, rmse(mean), samples);
  }

  private double rmse(double mean) {
    return switch (loss) {
      case MEAN_SQUARED_ERROR -> Math.sqrt(mean);
      case SOFTMAX_CROSS_ENTROPY, BINARY_CROSS_ENTROPY -> Double.NaN;
    };
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
    supply.close();
    state.close();
  }
}
