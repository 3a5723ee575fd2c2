package dev.lamina.train;

import dev.lamina.backend.Operand;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.graph.Variable;
import dev.lamina.loss.Loss;
import dev.lamina.nn.Mode;
import dev.lamina.nn.Model;
import dev.lamina.op.Advance;
import dev.lamina.op.Clock;
import dev.lamina.op.CountCorrect;
import dev.lamina.op.LossFunction;
import dev.lamina.op.MeanLoss;
import dev.lamina.op.TrackLoss;
import dev.lamina.program.ProgramPlan;

/** The graphs of an evaluation: one for full batches, one for what samples they leave over. */
final class EvaluationGraph {
  /** How much of the counters' memory each of the four takes. */
  static final int PART = Operand.ALIGNMENT;

  /** How many there are. */
  static final int PARTS = 4;

  final Variable clock = new Variable("clock", Clock.CLOCK);
  final Variable tracker = new Variable("loss tracker", Clock.TRACKER);
  final Variable correct = new Variable("right answers", CountCorrect.COUNTER);
  final Variable squaredErrors = new Variable("squared errors", Clock.TRACKER);
  final boolean accuracy;

  /** Whether outputs are numbers, whose squared errors are summed. */
  final boolean ofNumbers;

  final int batchSize;

  private final Model model;
  private final Loss loss;
  private final DeviceData data;

  EvaluationGraph(Model model, Loss loss, DeviceData data, int batchSize) {
    this.model = model;
    this.loss = loss;
    this.data = data;
    this.accuracy = data.targets().rule().isPresent();
    this.ofNumbers =
        switch (loss.outputs()) {
          case NUMBERS -> true;
          case CLASS_LOGITS, LOGITS -> false;
        };
    this.batchSize = Math.min(BatchSize.checked(batchSize), data.samples());
  }

  /** The number of full batches. */
  int batches() {
    return data.samples() / batchSize;
  }

  /** The number of samples left over. */
  int rest() {
    return data.samples() % batchSize;
  }

  /** For the batch that the clock stands before. */
  Graph ofBatch() {
    Graph graph = new Graph();
    Value clockValue = graph.read(clock);
    BatchTable table = data.table(batchSize);
    Value indices = table.indices(graph, clockValue, batchSize, false);
    Value x = table.gatherFeatures(graph, indices, model.dtype());
    Value y = table.gatherTargets(graph, indices, model.dtype());
    return finish(graph, clockValue, x, y);
  }

  /** For the samples left over. */
  Graph ofRest() {
    Graph graph = new Graph();
    BatchTable table = data.table(batchSize);
    int from = table.firstRow(batches(), batchSize);
    Value x = table.sliceFeatures(graph, from, rest(), model.dtype());
    Value y = table.sliceTargets(graph, from, rest(), model.dtype());
    return finish(graph, graph.read(clock), x, y);
  }

  private Graph finish(Graph graph, Value clockValue, Value x, Value y) {
    Value z = model.build(graph, x, Mode.EVALUATION, null);
    Value mean = loss.mean(graph, z, y);
    graph.apply(new TrackLoss(), mean, clockValue, graph.read(tracker));
    if (ofNumbers) {
      Value squares = graph.emit(new MeanLoss(LossFunction.MEAN_SQUARED_ERROR), z, y);
      graph.apply(new TrackLoss(), squares, clockValue, graph.read(squaredErrors));
    }
    data.targets()
        .rule()
        .ifPresent(rule -> graph.apply(new CountCorrect(rule), z, y, graph.read(correct)));
    graph.apply(new Advance(), clockValue);
    return graph;
  }

  /** The most memory an evaluation takes beside the model, and beside data on the device. */
  long peakBytes() {
    long bytes = PARTS * PART + data.ringBytes(batchSize) + peakBytes(ofBatch());
    return rest() == 0 ? bytes : bytes + peakBytes(ofRest());
  }

  private long peakBytes(Graph graph) {
    ProgramPlan plan = ProgramPlan.of("evaluation", graph, model.backend());
    return plan.slabBytes() + plan.kernelMemory().peak();
  }
}
