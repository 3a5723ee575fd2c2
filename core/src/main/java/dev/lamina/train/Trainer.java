package dev.lamina.train;

import dev.lamina.LaminaException;
import dev.lamina.data.Dataset;
import dev.lamina.host.HostMemory;
import dev.lamina.nn.Model;
import dev.lamina.op.LossFunction;
import dev.lamina.optim.Adam;
import dev.lamina.optim.Optimizer;
import dev.lamina.type.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A thin loop over a {@link TrainingStep}: epochs, validation, the best parameters, listeners.
 *
 * <p>After a run the model has the parameters of the epoch that was best on the validation data
 * (accuracy, then loss), or of the last without such data.
 *
 * <p>One thread at a time may use a trainer, but for {@link #stop}. Others may predict with the
 * model meanwhile.
 */
public final class Trainer {
  private static final long REPORT_NANOS = 100_000_000;

  private final Model model;
  private LossFunction loss = LossFunction.SOFTMAX_CROSS_ENTROPY;
  private Optimizer optimizer = new Adam(0.001);
  private int batchSize = 128;
  private long seed;
  private DataPlacement placement = DataPlacement.AUTO;
  private final List<TrainingListener> listeners = new ArrayList<>();
  private volatile boolean stopped;
  private volatile long givingUp; // by the clock of System.nanoTime

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

  /** {@link #stop(Duration)} with half a second for an evaluation under way. */
  public void stop() {
    stop(Duration.ofMillis(500));
  }

  /**
   * Asks the running {@link #fit}, or the next if none is running, to end after the present steps;
   * may be called from any thread.
   *
   * @param patience how long the evaluation of what the last steps brought may take from now on; if
   *     it takes longer the epoch does not count, unless it is the first: then the model keeps what
   *     it learned, and the epoch's report has no validation
   */
  public void stop(Duration patience) {
    givingUp = System.nanoTime() + patience.toNanos();
    stopped = true;
  }

  private boolean givesUp() {
    return stopped && System.nanoTime() - givingUp >= 0;
  }

  /**
   * Trains.
   *
   * @param validation held-out data, or null
   * @param epochs how often every training sample is seen
   * @throws NonFiniteException if the loss becomes NaN or infinite, in a step or on the validation
   *     data, or an update does; the model then has the parameters of its best epoch so far, or of
   *     that moment if there is none
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
    TrainingPlan plan = plan(train, validation, epochs);
    Placements places = plan.places();
    for (TrainingListener listener : listeners) {
      listener.onData(places.training(), validation == null ? null : places.validation());
      listener.onMemory(plan.memory());
    }
    try (DeviceData data = open(places.training(), train, TrainingStep.features(model));
        DeviceData held = open(places.validation(), plan.looked(), model.dtype());
        TrainingStep step = step(data, plan.batch()).build();
        Evaluator evaluator = new Evaluator(model, loss, held, plan.evaluated());
        Arena arena = Arena.ofShared()) {
      MemorySegment best =
          plan.bestBytes() == 0
              ? null
              : HostMemory.allocate(arena, plan.bestBytes(), "the best parameters");
      Divergence divergence = new Divergence(train, loss, model.outputs());
      return new Run(step, evaluator, validation != null, best, train.size(), epochs, divergence)
          .fit();
    } finally {
      stopped = false;
    }
  }

  /**
   * How much memory {@link #fit} will take, without taking any.
   *
   * @throws LaminaException if there is not enough; the message is a table of what needs how much,
   *     and says which batch size would fit
   */
  public TrainingMemory memory(Dataset train, Dataset validation, int epochs) {
    return plan(train, validation, epochs).memory();
  }

  private TrainingPlan plan(Dataset train, Dataset validation, int epochs) {
    return TrainingPlan.of(
        model, loss, batchSize, placement, train, validation, epochs, this::step);
  }

  private DeviceData open(DataReport place, Dataset data, DType taken) {
    return DeviceData.open(place, model.backend(), data, loss, model.outputs(), taken);
  }

  private TrainingStep.Builder step(DeviceData data, int batch) {
    return TrainingStep.of(model)
        .loss(loss)
        .optimizer(optimizer)
        .batchSize(batch)
        .data(data)
        .seed(seed);
  }

  /** One call of fit. */
  private final class Run {
    private final TrainingStep step;
    private final int batch;
    private final Evaluator evaluator;
    private final boolean validated;
    private final MemorySegment bestParameters;
    private final long samples;
    private final int epochs;
    private final Divergence divergence;
    private final List<EpochReport> reports = new ArrayList<>();
    private Evaluation best;
    private int bestEpoch;
    private boolean bestIsCurrent;
    private int stepsAtOnce = 1;

    Run(
        TrainingStep step,
        Evaluator evaluator,
        boolean validated,
        MemorySegment bestParameters,
        long samples,
        int epochs,
        Divergence divergence) {
      this.step = step;
      this.batch = step.batchSize();
      this.evaluator = evaluator;
      this.validated = validated;
      this.bestParameters = bestParameters;
      this.samples = samples;
      this.epochs = epochs;
      this.divergence = divergence;
    }

    History fit() {
      long begin = System.nanoTime();
      try {
        for (int epoch = 1; epoch <= epochs && !stopped; epoch++) {
          epoch(epoch);
        }
      } catch (NonFiniteException e) {
        throw best == null ? e : e.withParametersOf(bestEpoch);
      } finally {
        if (best != null && !bestIsCurrent) {
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
        keepBest();
        long before = System.nanoTime();
        step.run(now);
        double mean = step.losses().mean();
        divergence.observe(mean);
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
      boolean chooses = validated;
      Optional<Evaluation> evaluation =
          chooses ? evaluator.evaluate(Trainer.this::givesUp) : Optional.of(evaluator.evaluate());
      if (evaluation.isEmpty() && bestEpoch > 0) {
        return;
      }
      evaluation.ifPresent(this::requireFinite);
      Evaluation validation = chooses ? evaluation.orElse(null) : null;
      boolean better = validation == null || best == null || validation.betterThan(best);
      if (better) {
        bestEpoch = epoch;
        best = validation;
        bestIsCurrent = true;
      }
      double loss = sum / done;
      EpochReport report =
          new EpochReport(
              epoch,
              loss,
              validation,
              better,
              divergence.in(loss),
              seconds,
              done * batch / seconds);
      reports.add(report);
      listeners.forEach(l -> l.onEpoch(report));
    }

    /** Copies the best parameters before a step overwrites them. */
    private void keepBest() {
      if (best != null && bestIsCurrent) {
        model.snapshot(bestParameters);
      }
      bestIsCurrent = false;
    }

    private void requireFinite(Evaluation evaluation) {
      if (!Double.isFinite(evaluation.loss())) {
        throw step.lookAhead();
      }
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
