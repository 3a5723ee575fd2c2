package dev.lamina.op;

import java.util.List;

/**
 * What an operation needs to state its gradient.
 *
 * @param emitter where to add the operations of the gradient
 * @param inputs the operation's inputs
 * @param outputs its outputs
 * @param dY the gradient of the loss by its first output
 * @param wanted for each input, whether its gradient is asked for
 */
public record GradientContext(
    Emitter emitter, List<Sym> inputs, List<Sym> outputs, Sym dY, boolean[] wanted) {

  /** The i-th input. */
  public Sym input(int i) {
    return inputs.get(i);
  }

  /** The first output. */
  public Sym output() {
    return outputs.getFirst();
  }

  /** Whether the gradient by the i-th input is asked for. */
  public boolean wants(int i) {
    return wanted[i];
  }

  /** Adds an operation. */
  public Sym emit(Op op, Sym... operands) {
    return emitter.emit(op, operands);
  }
}
