package dev.lamina.cpu;

import dev.lamina.formula.Element;
import dev.lamina.formula.Evaluation;
import dev.lamina.formula.Flag;
import dev.lamina.formula.Formula;
import dev.lamina.formula.Input;
import dev.lamina.formula.Kind;
import java.util.List;

/**
 * Raises the numbers of a formula's flags, which happens seldom.
 *
 * @param size how many elements the formula runs over
 */
record RaisedFlags(Formula formula, long size, List<Buffer> inputs) {
  /** Tells that an element raised a flag, from any thread; of a run's elements the first counts. */
  void raise(int number, long at) {
    Flag flag = formula.flags().get(number);
    double value = Evaluation.of(formula, new Element(singles())).raised(number, size - at);
    raise(inputs.get(flag.input()), flag.element(), value);
  }

  private static synchronized void raise(Buffer numbers, int element, double value) {
    if (Scratch.get(numbers, element) < value) {
      Scratch.set(numbers, element, value);
    }
  }

  /** The numbers of singles, which a flag's value is made of; 0 in the place of others. */
  private double[][] singles() {
    double[][] singles = new double[inputs.size()][];
    for (int i = 0; i < singles.length; i++) {
      Input input = formula.inputs().get(i);
      singles[i] = new double[input.length()];
      for (int k = 0; input.kind() == Kind.SINGLE && k < input.length(); k++) {
        singles[i][k] = Scratch.get(inputs.get(i), k);
      }
    }
    return singles;
  }
}
