package dev.lamina.backend;

import dev.lamina.op.Op;
import java.util.List;

/**
 * An operation with its operands. The types of the operands have been checked by {@link Op#infer}.
 *
 * <p>An output is disjoint from every input, except that the first output may be exactly the input
 * {@link Op#inPlace()}.
 *
 * @param name which node of the graph it comes from, for messages
 */
public record Call(String name, Op op, List<Operand> inputs, List<Operand> outputs) {
  /** Copies the lists. */
  public Call {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }
}
