package dev.lamina.cpu;

import dev.lamina.cpu.jit.KernelCache;
import dev.lamina.cpu.jit.KernelPlan;
import dev.lamina.cpu.jit.Source;
import dev.lamina.cpu.jit.VectorKernel;
import dev.lamina.formula.Formula;
import dev.lamina.formula.Output;
import dev.lamina.op.Clock;
import dev.lamina.type.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * A formula over a matrix, cut into chunks of elements. Pieces that a kernel computes at once do
 * not cross the end of a row, where rows or columns are repeated, nor a position at which a
 * condition on it changes.
 */
abstract class FormulaTask implements Task {
  /** Rows shorter than this are not worth a call: what they repeat is written out before. */
  private static final int NARROW = 64;

  final KernelPlan plan;
  final Formula formula;
  final List<Buffer> inputs;

  /** Where the outputs go: memory of their own, or that of an input. */
  final List<Buffer> outputs = new ArrayList<>();

  /** n, the length of a row of the matrix. */
  final long columns;

  private final boolean expanded;

  /** How many elements may be taken as one row. */
  private final long run;

  private final RaisedFlags raised;
  private final Cut cut;
  private final int chunks;
  private final long[] ends;

  /**
   * A task.
   *
   * @param made the outputs that have memory of their own
   * @param drawing whether kernels draw random numbers themselves, of rows without a break
   */
  FormulaTask(
      Formula formula, Shape shape, List<Buffer> inputs, List<Buffer> made, boolean drawing) {
    this.formula = formula;
    this.inputs = inputs;
    columns = shape.columns();
    FormulaFacts facts = FormulaFacts.of(formula);
    expanded = facts.repeats() && (columns < NARROW || drawing && facts.draws());
    plan = KernelCache.plan(formula, expanded, drawing);
    run = expanded || !facts.repeats() ? shape.size() : columns;
    raised = new RaisedFlags(formula, shape.size(), inputs);
    cut = Cut.elements(shape.size());
    chunks = cut.chunks();
    ends =
        plan.pieces().stream()
            .mapToLong(s -> s instanceof Source.Before b ? b.end() : 0)
            .filter(end -> end > 0)
            .toArray();
    int next = 0;
    for (Output output : formula.outputs()) {
      outputs.add(output.isNew() ? made.get(next++) : inputs.get(output.over()));
    }
  }

  /** Whether rows and columns are written out, so that all rows are taken as one. */
  boolean isExpanded() {
    return expanded;
  }

  @Override
  public int chunks() {
    return chunks;
  }

  @Override
  public void run(int chunk) {
    Frame frame = Frame.get();
    double[] scalars = scalars(frame);
    pieces(frame, scalars, cut.from(chunk), cut.to(chunk));
  }

  /**
   * Computes a rectangle instead of a chunk: a part of what is to be computed that is warm.
   *
   * @param at the position of its first element
   * @param pitch elements from a row to the next
   */
  final void run(long at, int rows, int columns, long pitch) {
    Frame frame = Frame.get();
    double[] scalars = scalars(frame);
    for (int i = 0; i < rows; i++) {
      pieces(frame, scalars, at + i * pitch, at + i * pitch + columns);
    }
  }

  /** Prepares a thread's frame; returns the numbers to hand over, pieces still to be set. */
  private double[] scalars(Frame frame) {
    double[] scalars = frame.scalars(plan.scalars());
    int pieces = plan.pieces().size();
    for (int k = 0; k < plan.singles().size(); k++) {
      scalars[pieces + k] = single(plan.singles().get(k));
    }
    for (int k = 0; k < plan.randoms().size(); k++) {
      random((Source.Random) plan.randoms().get(k), scalars, plan.firstOfRandoms() + 4 * k);
    }
    begin(frame);
    return scalars;
  }

  /** Computes the elements from {@code at} to {@code end}. */
  private void pieces(Frame frame, double[] scalars, long at, long end) {
    int pieces = plan.pieces().size();
    long column = at % run;
    while (at < end) {
      long n = Math.min(Math.min(end - at, longest()), run - column);
      for (long bound : ends) {
        n = at < bound ? Math.min(n, bound - at) : n;
      }
      for (int k = 0; k < pieces; k++) {
        scalars[k] = piece(plan.pieces().get(k), at);
      }
      int flags = compute(frame, scalars, at, column, (int) n);
      if (flags == VectorKernel.SKIPPED) {
        return;
      }
      for (int k = 0; flags != 0; k++, flags >>>= 1) {
        if ((flags & 1) != 0) {
          raised.raise(k, at + (long) scalars[plan.firstOfFlags() + k]);
        }
      }
      at += n;
      column = column + n == run ? 0 : column + n;
    }
  }

  private void random(Source.Random random, double[] scalars, int at) {
    Buffer clock = inputs.get(random.clock());
    scalars[at] = Scratch.get(clock, Clock.STEP);
    scalars[at + 1] = Scratch.get(clock, Clock.SEED_LOW);
    scalars[at + 2] = Scratch.get(clock, Clock.SEED_HIGH);
    scalars[at + 3] = random.stream();
  }

  private double single(Source source) {
    return switch (source) {
      case Source.Operand(int input, int element) -> Scratch.get(inputs.get(input), element);
      case Source.Constant(double value) -> value;
      default -> throw new IllegalStateException(source.toString());
    };
  }

  private double piece(Source source, long at) {
    return switch (source) {
      case Source.Operand(int input, _) -> Scratch.get(inputs.get(input), at / columns);
      case Source.Before(long bound) -> at < bound ? 1 : 0;
      case Source.Position _ -> at / columns;
      default -> throw new IllegalStateException(source.toString());
    };
  }

  /** How many elements {@link #compute} takes at most. */
  abstract int longest();

  /** Prepares a thread's frame for the pieces of a chunk. */
  abstract void begin(Frame frame);

  /**
   * Computes n elements and returns the kernel's result.
   *
   * @param at the position of the first one
   * @param column where in its row that is; not used where rows follow each other without a break
   */
  abstract int compute(Frame frame, double[] scalars, long at, long column, int n);
}
