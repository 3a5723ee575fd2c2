package dev.lamina.cpu;

import dev.lamina.cpu.jit.Split;
import dev.lamina.formula.Formula;
import dev.lamina.formula.FormulaBuilder;
import dev.lamina.formula.Output;
import dev.lamina.op.Activation;
import dev.lamina.op.Fill;
import dev.lamina.op.Map;
import dev.lamina.op.Op;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Runs operations that are formulas. */
final class Formulas {
  private Formulas() {}

  /** The tasks of an operation that is pointwise; null if it is not. */
  static List<Task> tasks(
      Op op, List<Buffer> in, List<Buffer> out, boolean vectors, Workspace workspace) {
    if (op instanceof Map map) {
      return tasks(map.formula(), map.shape(), in, out, vectors, workspace);
    }
    if (op instanceof Fill(double value, TensorType type)) {
      FormulaBuilder f = new FormulaBuilder();
      f.output(f.constant(value), type.dtype());
      return tasks(f.build(), type.shape(), in, out, vectors, workspace);
    }
    return null;
  }

  /**
   * The tasks of a formula: one, or more if it is very long.
   *
   * @param out the outputs that have memory of their own
   * @param vectors whether the Vector API may be used
   * @param workspace for what is kept between two tasks
   */
  static List<Task> tasks(
      Formula formula,
      Shape shape,
      List<Buffer> in,
      List<Buffer> out,
      boolean vectors,
      Workspace workspace) {
    FormulaFacts facts = FormulaFacts.of(formula);
    if (formula.isConversion() && in.getFirst().type().equals(out.getFirst().type())) {
      return List.of(PlainData.copy(in.getFirst(), out.getFirst()));
    }
    Split split = facts.split();
    if (split == null) {
      return List.of(task(formula, shape, in, out, vectors));
    }
    List<Buffer> kept = new ArrayList<>();
    for (Output output : split.first().outputs()) {
      TensorType type = new TensorType(output.dtype(), shape);
      kept.add(new Buffer(workspace.allocate(type.bytes()), type));
    }
    List<Buffer> all = new ArrayList<>(in);
    all.addAll(kept);
    List<Task> tasks = new ArrayList<>(tasks(split.first(), shape, in, kept, vectors, workspace));
    tasks.addAll(tasks(split.second(), shape, all, out, vectors, workspace));
    return tasks;
  }

  /** The one task of a formula that is not very long. */
  static FormulaTask task(
      Formula formula, Shape shape, List<Buffer> in, List<Buffer> out, boolean vectors) {
    return vectors && FormulaFacts.of(formula).inVectors()
        ? new VectorFormulaTask(formula, shape, in, out)
        : new PlainFormulaTask(formula, shape, in, out);
  }

  /** The one task of an operation whose formula is not very long. */
  static FormulaTask task(Map map, List<Buffer> in, Buffer out, boolean vectors) {
    return task(map.formula(), map.shape(), in, List.of(out), vectors);
  }

  /** dZ = dF ∘ φ' of dF and F, or of Z in its place. */
  static FormulaTask gradient(Activation activation, List<Buffer> in, Buffer out, boolean vectors) {
    Map map = activation.gradient(out.type());
    return task(map, in.subList(0, map.formula().inputs().size()), out, vectors);
  }
}
