package dev.lamina.op;

import dev.lamina.type.TensorType;
import java.util.Arrays;
import java.util.List;

/**
 * The gradient of {@link Softmax}: inputs dY, Y [m, n]; dX = Y ∘ (dY − Σ<sub>k</sub> dY ∘ Y), or
 * for the logarithm dX = dY − e<sup>Y</sup> Σ<sub>k</sub> dY, each sum along its row.
 *
 * @param log whether Y is the logarithm of the softmax
 */
public record SoftmaxGradient(boolean log) implements Op {
  @Override
  public String label() {
    return (log ? "log-softmax" : "softmax") + "-gradient";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 2);
    Check.matrix(this, inputs, 0);
    return List.of(Check.sameTypes(this, inputs, 0));
  }

  /**
   * With the row sums s = Σ<sub>k</sub> dY ∘ Y and t = Σ<sub>k</sub> dG ∘ Y: by dY again Y ∘ (dG −
   * t), by Y dG ∘ (dY − s) − t dY. For the logarithm: by dY dG − Σ<sub>k</sub> dG ∘ e<sup>Y</sup>,
   * by Y −dG ∘ e<sup>Y</sup> Σ<sub>k</sub> dY.
   */
  @Override
  public List<Sym> gradient(GradientContext c) {
    return Arrays.asList(
        c.wants(0) ? byGradient(c.emitter(), c.dY(), c.input(1)) : null,
        c.wants(1) ? bySoftmax(c.emitter(), c.dY(), c.input(0), c.input(1)) : null);
  }

  private Sym byGradient(Emitter e, Sym dG, Sym y) {
    if (!log) {
      return e.emit(this, dG, y);
    }
    Sym p = Elementwise.EXP.on(e, y);
    return Elementwise.SUBTRACT.on(e, dG, rowSums(e, e.multiply(dG, p)));
  }

  private Sym bySoftmax(Emitter e, Sym dG, Sym dY, Sym y) {
    if (log) {
      Sym p = Elementwise.EXP.on(e, y);
      return e.scale(e.multiply(e.multiply(dG, p), rowSums(e, dY)), -1);
    }
    Sym s = rowSums(e, e.multiply(dY, y));
    Sym t = rowSums(e, e.multiply(dG, y));
    Sym first = e.multiply(dG, Elementwise.SUBTRACT.on(e, dY, s));
    return Elementwise.SUBTRACT.on(e, first, e.multiply(dY, t));
  }

  private static Sym rowSums(Emitter e, Sym x) {
    return e.emit(new Reduce(Reduce.Kind.SUM, Reduce.Axis.COLUMNS), x);
  }

  @Override
  public boolean differentiable(int input) {
    return true;
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return 5 * outputs.getFirst().size();
  }

  @Override
  public int inPlace() {
    return 0;
  }
}
