package dev.lamina.op;

import dev.lamina.type.TensorType;
import java.util.Arrays;
import java.util.List;

/**
 * dX = dY ∘ φ'(x), with φ' taken from the output Y = φ(X); inputs dY, Y of one shape. Where {@link
 * Activation#ofInput} X takes the place of Y. For RELU an element is dY where Y &gt; 0 and exactly
 * 0 elsewhere.
 */
public record ActivateGradient(Activation activation) implements Op {
  @Override
  public String label() {
    return activation.label() + "-gradient";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 2);
    return List.of(Check.sameTypes(this, inputs, 0));
  }

  /** By dY again dG ∘ φ'; by Y or X dG ∘ dY ∘ its derivative, for RELU none. */
  @Override
  public List<Sym> gradient(GradientContext c) {
    Emitter e = c.emitter();
    Sym source = c.input(1);
    return Arrays.asList(
        c.wants(0) ? c.emit(this, c.dY(), source) : null,
        c.wants(1)
            ? e.multiply(e.multiply(c.dY(), c.input(0)), SecondDerivative.of(e, activation, source))
            : null);
  }

  @Override
  public boolean differentiable(int input) {
    return input == 0 || SecondDerivative.exists(activation);
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return 2 * outputs.getFirst().size();
  }

  @Override
  public int inPlace() {
    return 0;
  }
}
