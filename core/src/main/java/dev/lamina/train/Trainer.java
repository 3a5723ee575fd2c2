package dev.lamina.train;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.nn.Model;
import dev.lamina.op.LossFunction;
import dev.lamina.optim.Adam;
import dev.lamina.optim.Optimizer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A thin loop over a {@link TrainingStep}: epochs, validation, the best parameters, listeners.
 *
 * <p>After a run the model has the parameters of the epoch that was best on the validation data
 * (accuracy, then loss), or of the last without such data.
 */
public final class Trainer {
  private static final long REPORT_NANOS = 100_000_000;

  /** Without gradients there is room for so many samples at once. */
  private static final int EVALUATED = 512;

  private final Model model;
  private LossFunction loss = LossFunction.SOFTMAX_CROSS_ENTROPY;
  private Optimizer optimizer = new Adam(0.001);
  private int batchSize = 128;
  private long seed;
  private DataPlacement placement = DataPlacement.AUTO;
  private final List<TrainingListener> listeners = new ArrayList<>();
  private volatile boolean stopped;

  /** A trainer for a model: softmax cross-entropy, Adam at 0.001, batches of 128. */
  public Trainer(Model model) {
    this.model = model;
  }

  /** Sets the loss. */
  public Trainer loss(LossFunction function) {
    loss = function;
    return this;
  }

  /** Sets the optimizer. */
  public Trainer optimizer(Optimizer rule) {
    optimizer = rule;
    return this;
  }

  /** Sets the number of samples in a batch. */
  public Trainer batchSize(int samples) {
    batchSize = BatchSize.checked(samples);
    return this;
  }

  /** Sets the seed of shuffles and dropout masks. */
  public Trainer seed(long value) {
    seed = value;
    return this;
  }

  /** Sets where the data lie; on the device if they fit, unless said otherwise. */
  public Trainer data(DataPlacement where) {
    placement = where;
    return this;
  }

  /** Adds a listener. */
  public Trainer listener(TrainingListener listener) {
    listeners.add(listener);
    return this;
  }

  /**
   * Asks the running {@link #fit}, or the next if none is running, to end after the present steps;
   * may be called from any thread.
   */
  public void stop() {
    stopped = true;
  }

  /**
   * Trains.
   *
   * @param validation held-out data, or null
   * @param epochs how often every training sample is seen
   * @throws NonFiniteException if the loss becomes NaN or infinite, in a step or on the validation
   *     data; the model then has its best parameters so far
   */
  public History fit(Dataset train, Dataset validation, int epochs) {
    if (epochs < 1) {
      throw new LaminaException("epochs " + epochs + ": expected 1 or more");
    }
    if (train.features() != model.inputs()) {
      throw new LaminaException(
          train.source()
              + " has "
              + train.features()
              + " features and the model "
              + model.inputs()
              + " inputs; they must be equal");
    }
    int batch = Math.min(batchSize, train.size());
    // Without validation data a batch shows whether an epoch left parameters that can be used.
    Dataset looked = validation == null ? train.range(0, batch) : validation;
    int evaluated = Math.max(batch, EVALUATED);
    Placements places = place(train, looked, batch, evaluated);
    listeners.forEach(
        l -> l.onData(places.training(), validation == null ? null : places.validation()));
    try (DeviceData data = open(places.training(), train);
        DeviceData held = open(places.validation(), looked);
        TrainingStep step = step(data, batch).build();
        Evaluator evaluator = new Evaluator(model, loss, held, evaluated);
        Arena arena = Arena.ofShared()) {
      MemorySegment best =
          validation == null ? null : arena.allocate(model.variable().type().bytes(), 64);
      return new Run(step, evaluator, best, train.size(), epochs).fit();
    } finally {
      stopped = false;
    }
  }

  private DeviceData open(DataReport place, Dataset data) {
    return DeviceData.open(place, model.backend(), data, loss, model.outputs());
  }

  private TrainingStep.Builder step(DeviceData data, int batch) {
    return TrainingStep.of(model)
        .loss(loss)
        .optimizer(optimizer)
        .batchSize(batch)
        .data(data)
        .seed(seed);
  }

  private Placements place(Dataset train, Dataset looked, int batch, int evaluated) {
    Backend backend = model.backend();
    try (DeviceData data = DeviceData.stream(backend, train, loss, model.outputs());
        DeviceData held = DeviceData.stream(backend, looked, loss, model.outputs())) {
      EvaluationGraph evaluation = new EvaluationGraph(model, loss, held, evaluated);
      return Placements.of(backend, placement, step(data, batch), data, batch, evaluation, held);
    }
  }

  /** One call of fit; there are parameters to keep only if there are validation data. */
  private final class Run {
    private final TrainingStep step;
    private final int batch;
    private final Evaluator evaluator;
    private final MemorySegment bestParameters;
    private final long samples;
    private final int epochs;
    private final List<EpochReport> reports = new ArrayList<>();
    private Evaluation best;
    private int bestEpoch;
    private int stepsAtOnce = 1;

    Run(
        TrainingStep step,
        Evaluator evaluator,
        MemorySegment bestParameters,
        long samples,
        int epochs) {
      this.step = step;
      this.batch = step.batchSize();
      this.evaluator = evaluator;
      this.bestParameters = bestParameters;
      this.samples = samples;
      this.epochs = epochs;
    }

    History fit() {
      long begin = System.nanoTime();
      try {
        for (int epoch = 1; epoch <= epochs && !stopped; epoch++) {
          epoch(epoch);
        }
      } finally {
        if (best != null) {
          model.restore(bestParameters);
        }
      }
      return new History(reports, bestEpoch, stopped, seconds(begin));
    }

    private void epoch(int epoch) {
      long first = stepsUntil(epoch - 1);
      long steps = stepsUntil(epoch) - first;
      long begin = System.nanoTime();
      double sum = 0;
      long done = 0;
      while (done < steps && !stopped) {
        int now = (int) Math.min(stepsAtOnce, steps - done);
        long before = System.nanoTime();
        step.run(now);
        double mean = step.losses().mean();
        long took = System.nanoTime() - before;
        sum += mean * now;
        done += now;
        Progress progress =
            new Progress(epoch, epochs, done, steps, mean, done * batch / seconds(begin));
        listeners.forEach(l -> l.onProgress(progress));
        adapt(took, now);
      }
      double seconds = seconds(begin);
      if (done == 0) {
        return;
      }
      Evaluation validation = finite(evaluator.evaluate());
      if (bestParameters == null) {
        validation = null;
      }
      boolean better = validation == null || best == null || validation.betterThan(best);
      if (better) {
        bestEpoch = epoch;
        best = validation;
        if (validation != null) {
          model.snapshot(bestParameters);
        }
      }
      EpochReport report =
          new EpochReport(epoch, sum / done, validation, better, seconds, done * batch / seconds);
      reports.add(report);
      listeners.forEach(l -> l.onEpoch(report));
    }

    private Evaluation finite(Evaluation evaluation) {
      if (Double.isFinite(evaluation.loss())) {
        return evaluation;
      }
      NonFiniteException found = step.lookAhead();
      throw found != null
          ? found
          : new NonFiniteException(
              step.steps() + 1, "the loss on the validation data", "not on the training data");
    }

    /** How many steps lie before the end of an epoch: batches run on across epochs. */
    private long stepsUntil(int epoch) {
      return epoch == epochs ? (samples * epoch + batch - 1) / batch : samples * epoch / batch;
    }

    /** Aims at a report every tenth of a second, so that the host hardly ever waits. */
    private void adapt(long took, int steps) {
      if (took < REPORT_NANOS / 2 && steps == stepsAtOnce) {
        stepsAtOnce = Math.min(stepsAtOnce * 2, 1 << 14);
      } else if (took > 2 * REPORT_NANOS) {
        stepsAtOnce = Math.max(1, stepsAtOnce / 2);
      }
    }

    private static double seconds(long since) {
      return (System.nanoTime() - since) * 1e-9;
    }
  }
}
