package dev.lamina.op;

import dev.lamina.LaminaException;
import dev.lamina.type.TensorType;
import java.util.Arrays;
import java.util.List;

/**
 * Inverted dropout (Srivastava et al., 2014): y = x ∘ mask / (1 − p), mask elements 0 with
 * probability p. Inputs x, clock; output y of x's shape.
 *
 * <p>The mask is a pure function, so the backward pass recomputes it instead of keeping it: element
 * i (row-major) is kept if (w &gt;&gt;&gt; 8) ≥ {@link #threshold()}, w being word i mod 4 of
 * Philox 4x32-10 with the key (seed low, seed high) and the counter (⌊i/4⌋ low, ⌊i/4⌋ high, stream,
 * step). A dropped element is exactly 0.
 *
 * @param rate p, from 0 to below 1
 * @param stream which dropout of the model this is
 */
public record Dropout(double rate, int stream) implements Op {
  /** Checks the rate. */
  public Dropout {
    if (!(rate >= 0 && rate < 1)) {
      throw new LaminaException("dropout rate " + rate + ": expected a number from 0 to below 1");
    }
  }

  /** The smallest 24-bit random number that keeps an element: p · 2<sup>24</sup>, rounded. */
  public int threshold() {
    return (int) Math.round(rate * (1 << 24));
  }

  /** What kept elements are multiplied by, 1 / (1 − p). */
  public double scale() {
    return 1 / (1 - rate);
  }

  @Override
  public String label() {
    return "dropout";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 2);
    Check.exactly(this, inputs, 1, Clock.CLOCK);
    return List.of(Check.floating(this, inputs, 0));
  }

  /** dX = dY ∘ mask / (1 − p), with the same mask. */
  @Override
  public List<Sym> gradient(GradientContext c) {
    return Arrays.asList(c.emit(this, c.dY(), c.input(1)), (Sym) null);
  }

  @Override
  public boolean differentiable(int input) {
    return input == 0;
  }

  @Override
  public int inPlace() {
    return 0;
  }
}
