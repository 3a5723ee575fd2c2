package dev.lamina.train;

import dev.lamina.LaminaException;
import dev.lamina.backend.Operand;
import dev.lamina.backend.Precision;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Variable;
import dev.lamina.loss.Loss;
import dev.lamina.nn.Model;
import dev.lamina.op.Clock;
import dev.lamina.optim.Optimizer;
import dev.lamina.program.Program;
import dev.lamina.program.ProgramPlan;
import dev.lamina.type.DType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One step of training: batch, forward, loss, backward, optimizer, as one program that runs wholly
 * on the device and allocates nothing. Owns the gradients, the optimizer's moments and the
 * counters.
 *
 * <p>A step whose loss is NaN or infinite changes no parameter. In one whose loss is finite, but
 * not a gradient or what a parameter would become, just that parameter's element and its moments
 * are left as they were: with the gradients of large layers updates begin before all gradients are
 * there. After either, steps change nothing any more, and {@link #losses()} says so. So training
 * makes no parameter NaN or infinite.
 *
 * <p>One thread at a time may use a step; others may use the same device meanwhile.
 */
public final class TrainingStep implements AutoCloseable {
  private final StepOptions options;
  private final StepVariables variables;
  private final Map<Variable, Operand> bindings = new HashMap<>();
  private final StepState state;
  private final List<RateTable> rates;
  private final BatchSupply supply;
  private final Program program;
  private final Program update; // null if every batch brings one
  private final Program exchange; // null if there is no average
  private final ParameterCopy copy;
  private boolean exchanged;
  private long position;

  private TrainingStep(StepOptions options) {
    this.options = options;
    Model model = options.model();
    StepPlan plan = StepPlan.of(options);
    MemoryCheck.of(options, plan).check();
    variables = plan.variables();
    Deque<Runnable> undo = new ArrayDeque<>();
    boolean made = false;
    try {
      state = new StepState(options, variables, bindings);
      undo.push(state::close);
      rates =
          variables.rates.entrySet().stream()
              .map(e -> new RateTable(e.getKey().schedule(), bindings.get(e.getValue())))
              .toList();
      supply = options.supply();
      undo.push(supply::close);
      supply.bind(bindings);
      bindings.put(model.variable(), model.operand());
      copy = new ParameterCopy(model, variables.working, bindings);
      undo.push(copy::close);
      program = plan.batch().instantiate(bindings);
      undo.push(program::close);
      update = plan.update().map(p -> p.instantiate(bindings)).orElse(null);
      undo.push(() -> close(update));
      exchange = plan.exchange().map(p -> p.instantiate(bindings)).orElse(null);
      undo.push(() -> close(exchange));
      beginAverage();
      made = true;
    } finally {
      if (!made) {
        undo.forEach(Runnable::run);
      }
    }
  }

  private static void close(Program program) {
    if (program != null) {
      program.close();
    }
  }

  private void beginAverage() {
    if (exchange != null) {
      Model model = options.model();
      Graph begin = new Averaging(model.variable(), variables).begin();
      try (Program copying = Program.compile("begin", begin, model.backend(), bindings)) {
        copying.run();
      }
    }
  }

  /** Begins the description of a step. */
  public static Builder of(Model model) {
    return new Builder(model);
  }

  /**
   * The element type in which a step takes features, unless it is told by {@link Builder#mixed} to
   * take them in another one: BF16 where that is how the model's backend trains.
   */
  public static DType features(Model model) {
    return model.dtype() == DType.FP32 && model.backend().precision() == Precision.BF16
        ? DType.BF16
        : model.dtype();
  }

  /** {@link #run(int)} for one step. */
  public void run() {
    run(1);
  }

  /**
   * Runs so many steps, of one batch each; may return before the device has finished. After every
   * {@link TrainingOptions#accumulation}-th the parameters are updated.
   *
   * @throws LaminaException if a schedule gives a learning rate that is none
   * @throws IllegalStateException if the host feeds the step and has not done so yet, or the model
   *     has the average of its parameters
   */
  public void run(int steps) {
    if (!program.unwritten().isEmpty()) {
      throw new IllegalStateException(
          "the training step has no batch: feed it before the first run, or give it data when it is"
              + " made");
    }
    if (exchanged) {
      throw new IllegalStateException(
          "the model has the average of its parameters: exchange them again before the next step");
    }
    copy.beforeStep();
    int accumulation = options.options().accumulation();
    for (int left = steps; left > 0; ) {
      int now = Math.toIntExact(Math.min(left, accumulation - position % accumulation));
      boolean updates = (position + now) % accumulation == 0;
      if (update == null) {
        now = prepareRates(position, left);
      } else if (updates) {
        prepareRates(position / accumulation, 1);
      }
      supply.run(program, position, now);
      position += now;
      left -= now;
      if (update != null && updates) {
        update.run();
      }
    }
  }

  /** Has the learning rates of some updates ready, and says of how many. */
  private int prepareRates(long first, int count) {
    int ready = count;
    for (int i = 0; i < rates.size(); i++) { // by number: a step allocates no iterator
      ready = rates.get(i).prepare(first, ready);
    }
    return ready;
  }

  /**
   * Gives the model the average of its parameters, to evaluate or save it, and by the next call the
   * parameters back, without which no step can be run.
   *
   * @throws IllegalStateException if there is no average
   * @see TrainingOptions#averageDecay
   */
  public void exchangeAverage() {
    if (exchange == null) {
      throw new IllegalStateException(
          "the training step keeps no average of the parameters: give it a decay of one when it is"
              + " made");
    }
    exchange.run();
    options.model().revise();
    exchanged = !exchanged;
  }

  /**
   * Writes the next batch, for a step that is fed by the host. Until the next one is fed, steps
   * take this one. Nothing is written if either is wrong.
   *
   * @param inputs [batch, features] in the model's element type
   * @param targets in the form of {@link Targets}
   * @throws LaminaException if a class number is none of the model's classes; the message names the
   *     sample and the number
   * @throws dev.lamina.type.ShapeException if a size is another, or it is a Java array of other
   *     elements
   */
  public void feed(MemorySegment inputs, MemorySegment targets) {
    options.checkFed(inputs, targets);
    program.write("input", inputs);
    program.write("target", targets);
  }

  /**
   * Sets the step counter: the next step is number {@code finished + 1} again, with the same batch
   * and dropout masks. Parameters and moments stay.
   *
   * @throws IllegalArgumentException if the gradients of steps before that number would be missing
   *     from the mean that an update is made of
   */
  public void rewind(long finished) {
    int accumulation = options.options().accumulation();
    if (finished % accumulation != 0) {
      throw new IllegalArgumentException(
          "rewinding to step "
              + finished
              + ": the parameters are updated after every "
              + accumulation
              + " steps; expected a multiple of that");
    }
    setClock(finished);
  }

  private void setClock(long steps) {
    state.setClock(steps);
    position = steps;
  }

  /**
   * The program, to describe it or to read kept values by name. Run the step rather than its
   * program, which does not know when batches must come from the host.
   */
  public Program program() {
    return program;
  }

  /** The model that is trained. */
  public Model model() {
    return options.model();
  }

  /** The number of samples in a batch. */
  public int batchSize() {
    return options.batchSize();
  }

  /** The number of finished steps; waits for the device. */
  public long steps() {
    return state.batches();
  }

  /**
   * Reads the losses since the last call; waits for the device.
   *
   * @throws NonFiniteException if a loss or an update was NaN or infinite, with the step and the
   *     first layer
   */
  public LossReport losses() {
    // An update that was refused comes before every loss that was not finite: else it would have
    // been skipped.
    RefusedUpdate refused = state.refused();
    if (refused != null) {
      throw NonFiniteException.ofUpdate(refused, origin(refused));
    }
    double[] values = state.losses();
    if (values[Clock.FIRST_BAD_STEP] != 0) {
      long bad = (long) values[Clock.FIRST_BAD_STEP];
      throw NonFiniteException.ofLoss(bad, diagnose(bad));
    }
    double mean = values[Clock.LOSS_SUM] / values[Clock.LOSS_COUNT];
    state.clearLosses(values);
    return new LossReport(steps(), mean, values[Clock.LAST_LOSS]);
  }

  /** In which of the batches that the refused update was made of something was not finite. */
  private Diagnosis.Finding origin(RefusedUpdate refused) {
    // Without a bad gradient the step computed again, with what was updated since, tells nothing.
    int batches = refused.byGradient() ? options.options().accumulation() : 0;
    Diagnosis.Finding found = null;
    for (long step = refused.step() - batches + 1;
        step <= refused.step() && found == null;
        step++) {
      found = diagnose(step);
    }
    return found;
  }

  /** Where a step first has a value that is not finite, as the parameters are now. */
  private Diagnosis.Finding diagnose(long step) {
    setClock(step - 1);
    copy.refresh();
    return Diagnosis.of(options, variables, bindings, supply, program, step);
  }

  /** Why the loss on held-out data may not be finite, though all steps so far were. */
  NonFiniteException lookAhead() {
    long done = steps();
    return NonFiniteException.ofValidation(done, diagnose(done + 1));
  }

  @Override
  public void close() {
    close(exchange);
    close(update);
    program.close();
    copy.close();
    supply.close();
    state.close();
  }

  /** Describes a training step; only the model is needed. */
  public static final class Builder {
    private final Model model;
    private TrainingOptions options = TrainingOptions.DEFAULT;
    private DeviceData data;
    private Targets targets;
    private final List<String> keep = new ArrayList<>();
    private final List<Reserve> reserves = new ArrayList<>();
    private boolean mixed;

    private Builder(Model model) {
      this.model = model;
      mixed = TrainingStep.features(model) == DType.BF16;
    }

    /** All numbers at once. */
    public Builder options(TrainingOptions all) {
      options = Objects.requireNonNull(all, "options");
      return this;
    }

    /** The loss; softmax cross-entropy unless said otherwise. */
    public Builder loss(Loss function) {
      return options(options.withLoss(function));
    }

    /** The optimizer; Adam at 0.001 unless said otherwise. */
    public Builder optimizer(Optimizer rule) {
      return options(options.withOptimizer(rule));
    }

    /** The number of samples in a batch; 128 unless said otherwise. */
    public Builder batchSize(int samples) {
      return options(options.withBatchSize(samples));
    }

    /**
     * A data set to take batches from, which must stay open as long as the step; without it the
     * caller feeds them.
     */
    public Builder data(DeviceData source) {
      data = source;
      return this;
    }

    /** The form of the targets that the host feeds; class numbers for the softmax cross-entropy. */
    public Builder targets(Targets form) {
      targets = form;
      return this;
    }

    /** Whether each epoch has an order of its own; yes unless said otherwise. */
    public Builder shuffle(boolean on) {
      return options(options.withShuffle(on));
    }

    /** The seed of shuffles and dropout masks. */
    public Builder seed(long value) {
      return options(options.withSeed(value));
    }

    /**
     * Whether weights, activations and their gradients are BF16 while the parameters proper, their
     * gradients, the loss and the optimizer stay FP32; unless said otherwise if the backend was
     * opened with {@link Precision#BF16}. On a CPU it works and is slow: for comparisons.
     */
    public Builder mixed(boolean on) {
      if (on && model.dtype() != DType.FP32) {
        throw new LaminaException(
            "training in BF16 of a model of " + model.dtype() + ": expected a model of FP32");
      }
      mixed = on;
      return this;
    }

    /**
     * Values to keep for reading after a step: {@code input}, {@code 0.output}, {@code loss}, the
     * gradient of any named value as {@code grad(0.output)}, {@code grad(input)}.
     */
    public Builder keep(String... names) {
      keep.addAll(List.of(names));
      return this;
    }

    /** What must stay free beside the step, and is part of its {@link #peakBytes()}. */
    Builder reserve(String what, long bytes) {
      if (bytes > 0) {
        reserves.add(new Reserve(what, bytes));
      }
      return this;
    }

    /**
     * Makes sure that the step and what is to stay free beside it find room.
     *
     * @throws LaminaException if not
     */
    void check() {
      memory().check();
    }

    /** What the step will do and how much memory it will take, before any is allocated. */
    public ProgramPlan plan() {
      return StepPlan.of(stepOptions()).batch();
    }

    /**
     * The most memory in bytes that the step will take at any time beside the model, and beside
     * data on the device: with what its kernels hold, and, if there is room, with what they take to
     * be measured while the step is made. Nothing is allocated to tell it.
     */
    public long peakBytes() {
      return memory().peakBytes();
    }

    private MemoryCheck memory() {
      StepOptions all = stepOptions();
      return MemoryCheck.of(all, StepPlan.of(all));
    }

    /**
     * Makes the step.
     *
     * @throws LaminaException if it needs more memory than the device has free; the message is a
     *     table of what needs how much, and says which batch size would fit
     */
    public TrainingStep build() {
      return new TrainingStep(stepOptions());
    }

    private StepOptions stepOptions() {
      Targets form = targets;
      if (data != null) {
        form = data.targets();
      } else if (form == null) {
        form = Targets.fedTo(options.loss());
      }
      return new StepOptions(
          model, options, data, form, List.copyOf(keep), mixed, List.copyOf(reserves));
    }
  }
}
