package dev.lamina.train;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.graph.Variable;
import dev.lamina.op.Clock;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/** The memory of a step's own variables, and what the host reads and writes of it. */
final class StepState implements AutoCloseable {
  private final StepOptions options;
  private final StepVariables variables;
  private final Map<Variable, Operand> bindings;
  private final Memory memory;

  /** Allocates them, all 0, and tells where they lie. */
  StepState(StepOptions options, StepVariables variables, Map<Variable, Operand> bindings) {
    this.options = options;
    this.variables = variables;
    this.bindings = bindings;
    Backend backend = options.model().backend();
    List<Variable> owned = variables.owned();
    memory = backend.allocate("training state", bytes(owned));
    long offset = 0;
    for (Variable variable : owned) {
      bindings.put(variable, new Operand(memory, offset, variable.type()));
      offset += Operand.aligned(variable.type().bytes());
    }
    backend.zero(owned.stream().map(bindings::get).toArray(Operand[]::new));
    setClock(0);
  }

  /** How much memory variables take, one after the other. */
  static long bytes(List<Variable> variables) {
    return variables.stream().mapToLong(v -> Operand.aligned(v.type().bytes())).sum();
  }

  /** Sets the numbers of finished batches and updates; what is left of a sum of gradients goes. */
  void setClock(long batches) {
    int accumulation = options.options().accumulation();
    if (variables.updates != variables.clock) {
      write(variables.updates, Math.toIntExact(batches / accumulation));
      options.model().backend().zero(bindings.get(variables.gradients));
    }
    write(variables.clock, Math.toIntExact(batches));
  }

  private void write(Variable clock, int count) {
    long seed = options.options().seed();
    int[] values = new int[4];
    values[Clock.STEP] = count;
    values[Clock.SEED_LOW] = (int) seed;
    values[Clock.SEED_HIGH] = (int) (seed >>> 32);
    write(clock, MemorySegment.ofArray(values));
  }

  /** The number of finished batches. */
  int batches() {
    int[] values = new int[4];
    read(variables.clock, MemorySegment.ofArray(values));
    return values[Clock.STEP];
  }

  /** What {@link Clock#TRACKER} holds. */
  double[] losses() {
    return numbers(variables.tracker);
  }

  /** Begins a new sum of losses: of one that runs on, small losses would be lost behind a large. */
  void clearLosses(double[] losses) {
    losses[Clock.LOSS_SUM] = 0;
    losses[Clock.LOSS_COUNT] = 0;
    write(variables.tracker, MemorySegment.ofArray(losses));
  }

  /** The first update that was refused, by the number of the batch that it came after, or null. */
  RefusedUpdate refused() {
    RefusedUpdate refused =
        RefusedUpdate.of(options.model(), variables.pieces, numbers(variables.refusals));
    return refused == null ? null : refused.afterBatches(options.options().accumulation());
  }

  private double[] numbers(Variable variable) {
    double[] values = new double[Math.toIntExact(variable.type().size())];
    read(variable, MemorySegment.ofArray(values));
    return values;
  }

  private void read(Variable variable, MemorySegment host) {
    Operand place = bindings.get(variable);
    place.memory().read(place.offset(), host);
  }

  private void write(Variable variable, MemorySegment host) {
    Operand place = bindings.get(variable);
    place.memory().write(place.offset(), host);
  }

  @Override
  public void close() {
    memory.close();
  }
}
