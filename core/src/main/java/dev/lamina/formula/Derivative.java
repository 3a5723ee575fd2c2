package dev.lamina.formula;

import dev.lamina.type.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * The gradient of a formula's single output by some of its inputs, as a formula.
 *
 * @param formula an output for each wanted input, of its type: d · ∂y/∂x for each element
 * @param sources what the formula's inputs are: the number of an input of the original formula,
 *     {@link #SEED} for d or {@link #OUTPUT} for y
 */
public record Derivative(Formula formula, List<Integer> sources) {
  /** Of sources: the gradient d that arrives at the output. */
  public static final int SEED = -1;

  /** Of sources: the output y itself, taken where that saves work and no more inputs are read. */
  public static final int OUTPUT = -2;

  /** Copies the list. */
  public Derivative {
    sources = List.copyOf(sources);
  }

  /** Whether it is d itself: nothing is to be computed. */
  public boolean isSeed() {
    return sources.equals(List.of(SEED))
        && formula.nodes().size() == 1
        && formula.outputs().getFirst().dtype() == formula.inputs().getFirst().dtype();
  }

  /**
   * Differentiates, by the chain rule from the output backwards; named functions by their own
   * rules. Comparisons, roundings to integers, positions and random numbers have no gradient, and
   * rounding to a floating type passes it on.
   *
   * @param wanted the numbers of inputs; each must be floating and a SINGLE have one number
   * @throws IllegalArgumentException if the formula has not exactly one output of its own
   */
  public static Derivative of(Formula formula, List<Integer> wanted) {
    if (!formula.isPure()) {
      throw new IllegalArgumentException(
          "only a formula of one output that overwrites nothing has a derivative: " + formula);
    }
    for (int i : wanted) {
      Input input = formula.inputs().get(i);
      if (!input.dtype().isFloating() || input.length() != 1) {
        throw new IllegalArgumentException("derivative by input " + i + ", " + input);
      }
    }
    Derivative ofInputs = differentiate(formula, wanted, false);
    Derivative ofOutput = differentiate(formula, wanted, true);
    int more = ofOutput.fullInputs() - ofInputs.fullInputs();
    boolean cheaper = ofOutput.formula.operations() < ofInputs.formula.operations();
    return more < 0 || more == 0 && cheaper ? ofOutput : ofInputs;
  }

  private int fullInputs() {
    return (int) formula.inputs().stream().filter(i -> i.kind() == Kind.FULL).count();
  }

  private static Derivative differentiate(
      Formula formula, List<Integer> wanted, boolean outputGiven) {
    FormulaBuilder builder = new FormulaBuilder();
    DType result = formula.outputs().getFirst().dtype();
    Expr seed = builder.full(result);
    Expr output = outputGiven ? builder.full(result) : null;
    int first = builder.inputs().size();
    formula.inputs().forEach(builder::input);
    List<Expr> gradients = new ReverseMode(formula, builder, first, wanted).gradients(seed, output);
    for (int i = 0; i < wanted.size(); i++) {
      builder.output(gradients.get(i), formula.inputs().get(wanted.get(i)).dtype());
    }
    List<Integer> sources = new ArrayList<>();
    sources.add(SEED);
    if (outputGiven) {
      sources.add(OUTPUT);
    }
    for (int i = 0; i < formula.inputs().size(); i++) {
      sources.add(i);
    }
    return withoutUnread(builder.build(), sources);
  }

  private static Derivative withoutUnread(Formula formula, List<Integer> sources) {
    boolean[] reads = formula.reads();
    FormulaBuilder builder = new FormulaBuilder();
    int[] to = new int[reads.length];
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < reads.length; i++) {
      if (reads[i]) {
        to[i] = builder.input(formula.inputs().get(i));
        kept.add(sources.get(i));
      }
    }
    List<Expr> outputs =
        builder.inline(formula, (input, element) -> builder.read(to[input], element), c -> to[c]);
    for (int i = 0; i < outputs.size(); i++) {
      builder.output(outputs.get(i), formula.outputs().get(i).dtype());
    }
    return new Derivative(builder.build(), kept);
  }
}
