package dev.lamina.cpu;

import dev.lamina.cpu.jit.KernelCache;
import dev.lamina.cpu.jit.KernelPlan;
import dev.lamina.formula.Formula;
import dev.lamina.formula.Kind;
import dev.lamina.formula.Node;
import dev.lamina.op.Op;
import dev.lamina.type.Shape;
import java.util.List;

/** Runs operations that are formulas. */
final class Formulas {
  private Formulas() {}

  /** The task of an operation that is pointwise; null if it is not. */
  static Task task(Op op, List<Buffer> in, List<Buffer> out, boolean vectors) {
    Formula formula =
        PointwiseFormulas.of(
            op,
            in.stream().map(Buffer::type).toList(),
            out.isEmpty() ? null : out.getFirst().type());
    if (formula == null) {
      return null;
    }
    return task(formula, out.getFirst().type().shape(), in, out, vectors);
  }

  /**
   * The task of a formula.
   *
   * @param out the outputs that have memory of their own
   * @param vectors whether the Vector API may be used
   */
  static Task task(
      Formula formula, Shape shape, List<Buffer> in, List<Buffer> out, boolean vectors) {
    if (isCopy(formula) && in.getFirst().type().equals(out.getFirst().type())) {
      return PlainData.copy(in.getFirst(), out.getFirst());
    }
    return vectors && inVectors(formula)
        ? new VectorFormulaTask(formula, shape, in, out)
        : new PlainFormulaTask(formula, shape, in, out);
  }

  /** Whether the one output is the one input, perhaps in another type. */
  static boolean isCopy(Formula formula) {
    return formula.nodes().size() == 1
        && formula.outputs().size() == 1
        && formula.outputs().getFirst().isNew()
        && formula.nodes().getFirst() instanceof Node.Read(int input, _)
        && formula.inputs().get(input).kind() == Kind.FULL;
  }

  /** Random numbers are drawn in groups, which a condition on the position might cut. */
  private static boolean inVectors(Formula formula) {
    boolean cut =
        FormulaTask.draws(formula)
            && formula.nodes().stream().anyMatch(Node.Before.class::isInstance);
    return !cut && KernelCache.inVectors(KernelPlan.of(formula, false, true));
  }
}
