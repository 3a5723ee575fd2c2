package dev.lamina.train;

import dev.lamina.nn.Parameter;
import dev.lamina.nn.ParameterLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Cuts the flat parameter buffer for the optimizer: a large parameter is updated by itself, as soon
 * as its gradient is there; what lies between large ones is updated together, because starting an
 * operation costs as much as updating tens of thousands of numbers.
 */
final class ParameterPieces {
  /** From so many elements on a parameter is worth an operation of its own. */
  private static final long LARGE = 1 << 19;

  private ParameterPieces() {}

  /**
   * A part of the buffer.
   *
   * @param offset its first element
   * @param size the number of its elements
   * @param decayed how many of them, from the first, the weight decay holds for
   */
  record Piece(long offset, long size, long decayed) {}

  /** Pieces that cover all of the buffer that is trained, gaps included, in order. */
  static List<Piece> of(ParameterLayout layout) {
    List<Parameter> parameters =
        layout.trained().stream().sorted(Comparator.comparingLong(Parameter::offset)).toList();
    List<Piece> pieces = new ArrayList<>();
    long from = 0;
    long end = layout.trainedSize();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      if (parameter.shape().size() >= LARGE) {
        add(pieces, layout, from, parameter.offset());
        from = i + 1 < parameters.size() ? parameters.get(i + 1).offset() : end;
        add(pieces, layout, parameter.offset(), from);
      }
    }
    add(pieces, layout, from, end);
    return pieces;
  }

  private static void add(List<Piece> pieces, ParameterLayout layout, long from, long to) {
    if (from < to) {
      pieces.add(new Piece(from, to - from, Math.clamp(layout.decayed() - from, 0, to - from)));
    }
  }
}
