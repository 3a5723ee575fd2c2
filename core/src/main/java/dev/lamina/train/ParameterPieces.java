package dev.lamina.train;

import dev.lamina.nn.Parameter;
import dev.lamina.nn.ParameterLayout;
import dev.lamina.optim.Optimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Cuts the flat parameter buffer for the optimizers: a large parameter is updated by itself, as
 * soon as its gradient is there; what lies between large ones and has one optimizer is updated
 * together, because starting an operation costs as much as updating tens of thousands of numbers.
 * Frozen parameters belong to no piece.
 */
final class ParameterPieces {
  /** From so many elements on a parameter is worth an operation of its own. */
  private static final long LARGE = 1 << 19;

  private final ParameterLayout layout;
  private final List<Piece> pieces = new ArrayList<>();
  private long from;
  private Optional<Optimizer> optimizer;

  private ParameterPieces(Assignment assignment) {
    layout = assignment.layout();
    optimizer = Optional.of(assignment.rest());
  }

  /**
   * A part of the buffer.
   *
   * @param offset its first element
   * @param size the number of its elements
   * @param decayed how many of them, from the first, the weight decay holds for
   * @param optimizer how they follow their gradients
   */
  record Piece(long offset, long size, long decayed, Optimizer optimizer) {}

  /** Pieces that cover all of the buffer that is trained, gaps included, in order. */
  static List<Piece> of(Assignment assignment) {
    ParameterPieces cut = new ParameterPieces(assignment);
    boolean afterLarge = false;
    for (Parameter parameter : assignment.inOrder()) {
      boolean large = parameter.shape().size() >= LARGE;
      Optional<Optimizer> own = assignment.of(parameter);
      if (large || afterLarge || !own.equals(cut.optimizer)) {
        cut.at(parameter.offset());
        cut.optimizer = own;
      }
      afterLarge = large;
    }
    cut.at(assignment.layout().trainedSize());
    return cut.pieces;
  }

  /** Ends a piece and begins the next one. */
  private void at(long to) {
    if (from < to && optimizer.isPresent()) {
      long decayed = Math.clamp(layout.decayed() - from, 0, to - from);
      pieces.add(new Piece(from, to - from, decayed, optimizer.get()));
    }
    from = to;
  }
}
