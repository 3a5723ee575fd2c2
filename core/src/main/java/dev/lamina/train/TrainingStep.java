package dev.lamina.train;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.backend.Precision;
import dev.lamina.graph.Variable;
import dev.lamina.nn.Model;
import dev.lamina.op.Clock;
import dev.lamina.op.LossFunction;
import dev.lamina.optim.Adam;
import dev.lamina.optim.Optimizer;
import dev.lamina.program.Program;
import dev.lamina.program.ProgramPlan;
import dev.lamina.type.DType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
  private final Backend backend;
  private final Map<Variable, Operand> bindings = new HashMap<>();
  private final Memory state;
  private final Operand clock;
  private final Operand tracker;
  private final Operand refusals;
  private final RateTable rates;
  private final BatchSupply supply;
  private final Program program;
  private final ParameterCopy copy;
  private long position;

  private TrainingStep(StepOptions options) {
    this.options = options;
    Model model = options.model();
    backend = model.backend();
    StepGraph step = new StepGraph(options, true);
    ProgramPlan plan = ProgramPlan.of("training step", step.graph, backend);
    MemoryCheck.of(options, step, plan).check();
    List<Variable> owned = step.owned();
    state = backend.allocate("training state", bytes(owned));
    BatchSupply supplied = BatchSupply.NONE;
    Program made = null;
    ParameterCopy copied = null;
    try {
      supplied = options.supply();
      supplied.bind(bindings);
      bindOwned(owned);
      bindings.put(model.variable(), model.operand());
      clock = bindings.get(step.clock);
      tracker = bindings.get(step.tracker);
      refusals = bindings.get(step.refusals);
      rates = new RateTable(options.optimizer().schedule(), bindings.get(step.rates));
      backend.zero(owned.stream().map(bindings::get).toArray(Operand[]::new));
      setClock(0);
      copied = new ParameterCopy(model, step.working, bindings);
      made = plan.instantiate(bindings);
    } finally {
      if (made == null) {
        if (copied != null) {
          copied.close();
        }
        supplied.close();
        state.close();
      }
    }
    supply = supplied;
    program = made;
    copy = copied;
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

  /** How much memory variables take, one after the other. */
  static long bytes(List<Variable> variables) {
    return variables.stream().mapToLong(v -> Operand.aligned(v.type().bytes())).sum();
  }

  private void bindOwned(List<Variable> owned) {
    long offset = 0;
    for (Variable variable : owned) {
      bindings.put(variable, new Operand(state, offset, variable.type()));
      offset += Operand.aligned(variable.type().bytes());
    }
  }

  private void setClock(int steps) {
    int[] values = new int[4];
    values[Clock.STEP] = steps;
    values[Clock.SEED_LOW] = (int) options.seed();
    values[Clock.SEED_HIGH] = (int) (options.seed() >>> 32);
    clock.memory().write(clock.offset(), MemorySegment.ofArray(values));
    position = steps;
  }

  /** Runs one step; may return before the device has finished. */
  public void run() {
    run(1);
  }

  /**
   * Runs so many steps; may return before the device has finished.
   *
   * @throws LaminaException if the schedule gives a learning rate that is none
   * @throws IllegalStateException if the host feeds the step and has not done so yet
   */
  public void run(int steps) {
    if (!program.unwritten().isEmpty()) {
      throw new IllegalStateException(
          "the training step has no batch: feed it before the first run, or give it data when it is"
              + " made");
    }
    copy.beforeStep();
    for (int left = steps; left > 0; ) {
      int now = rates.prepare(position, left);
      supply.run(program, position, now);
      position += now;
      left -= now;
    }
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
   */
  public void rewind(long finished) {
    setClock(Math.toIntExact(finished));
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
    int[] values = new int[4];
    clock.memory().read(clock.offset(), MemorySegment.ofArray(values));
    return values[Clock.STEP];
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
    RefusedUpdate refused = RefusedUpdate.of(options.model(), read(refusals));
    if (refused != null) {
      // Without a bad gradient the step computed again, with what was updated since, tells nothing.
      Diagnosis.Finding first = refused.byGradient() ? diagnose(refused.step()) : null;
      throw NonFiniteException.ofUpdate(refused, first);
    }
    double[] values = read(tracker);
    if (values[Clock.FIRST_BAD_STEP] != 0) {
      long bad = (long) values[Clock.FIRST_BAD_STEP];
      throw NonFiniteException.ofLoss(bad, diagnose(bad));
    }
    double mean = values[Clock.LOSS_SUM] / values[Clock.LOSS_COUNT];
    // Of a sum that runs on, small losses would be lost behind a large one.
    values[Clock.LOSS_SUM] = 0;
    values[Clock.LOSS_COUNT] = 0;
    tracker.memory().write(tracker.offset(), MemorySegment.ofArray(values));
    return new LossReport(steps(), mean, values[Clock.LAST_LOSS]);
  }

  private static double[] read(Operand numbers) {
    double[] values = new double[Math.toIntExact(numbers.type().size())];
    numbers.memory().read(numbers.offset(), MemorySegment.ofArray(values));
    return values;
  }

  /** Where a step first has a value that is not finite, as the parameters are now. */
  private Diagnosis.Finding diagnose(long step) {
    setClock(Math.toIntExact(step - 1));
    copy.refresh();
    return Diagnosis.of(options, bindings, clock, supply, program, step);
  }

  /** Why the loss on held-out data may not be finite, though all steps so far were. */
  NonFiniteException lookAhead() {
    long done = steps();
    return NonFiniteException.ofValidation(done, diagnose(done + 1));
  }

  @Override
  public void close() {
    program.close();
    copy.close();
    supply.close();
    state.close();
  }

  /** Describes a training step; only the model is needed. */
  public static final class Builder {
    private final Model model;
    private LossFunction loss = LossFunction.SOFTMAX_CROSS_ENTROPY;
    private Optimizer optimizer = new Adam(0.001);
    private int batchSize = 128;
    private DeviceData data;
    private Targets targets;
    private boolean shuffle = true;
    private long seed;
    private final List<String> keep = new ArrayList<>();
    private final List<Reserve> reserves = new ArrayList<>();
    private boolean mixed;

    private Builder(Model model) {
      this.model = model;
      mixed = TrainingStep.features(model) == DType.BF16;
    }

    /** The loss; softmax cross-entropy unless said otherwise. */
    public Builder loss(LossFunction function) {
      loss = function;
      return this;
    }

    /** The optimizer; Adam at 0.001 unless said otherwise. */
    public Builder optimizer(Optimizer rule) {
      optimizer = rule;
      return this;
    }

    /** The number of samples in a batch; 128 unless said otherwise. */
    public Builder batchSize(int samples) {
      batchSize = BatchSize.checked(samples);
      return this;
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
      shuffle = on;
      return this;
    }

    /** The seed of shuffles and dropout masks. */
    public Builder seed(long value) {
      seed = value;
      return this;
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
      return ProgramPlan.of("training step", new StepGraph(options(), true).graph, model.backend());
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
      StepOptions options = options();
      StepGraph step = new StepGraph(options, true);
      ProgramPlan plan = ProgramPlan.of("training step", step.graph, model.backend());
      return MemoryCheck.of(options, step, plan);
    }

    /**
     * Makes the step.
     *
     * @throws LaminaException if it needs more memory than the device has free; the message is a
     *     table of what needs how much, and says which batch size would fit
     */
    public TrainingStep build() {
      return new TrainingStep(options());
    }

    private StepOptions options() {
      Targets form = targets;
      if (data != null) {
        form = data.targets();
      } else if (form == null) {
        form = Targets.fedTo(loss);
      }
      return new StepOptions(
          model,
          loss,
          optimizer,
          batchSize,
          data,
          form,
          shuffle,
          seed,
          List.copyOf(keep),
          mixed,
          List.copyOf(reserves));
    }
  }
}
