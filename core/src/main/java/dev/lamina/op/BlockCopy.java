package dev.lamina.op;

import dev.lamina.type.TensorType;
import java.util.List;

/**
 * An operation that copies blocks of its inputs to places in its output and computes nothing: a
 * backend that copies a {@link Block} has all of them.
 */
public sealed interface BlockCopy extends Op permits Concat, Copy, Reshape, Slice, StopGradient {
  /**
   * So many rows of so many elements each, the starts of neighbouring rows a pitch apart; all in
   * elements of the output's type.
   *
   * @param input which input it is taken from
   * @param from where it starts in the input
   * @param to where it starts in the output
   */
  record Block(
      int input, long rows, long columns, long from, long fromPitch, long to, long toPitch) {
    /** All elements of an input of this type, from {@code to} on. */
    static Block whole(int input, TensorType type, long to) {
      return new Block(input, 1, type.size(), 0, type.size(), to, type.size());
    }
  }

  /** What is copied: blocks that cover the output and do not overlap there; all of the input. */
  default List<Block> blocks(List<TensorType> inputs) {
    return List.of(Block.whole(0, inputs.getFirst(), 0));
  }

  @Override
  default boolean differentiable(int input) {
    return true;
  }

  @Override
  default long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return 0;
  }
}
