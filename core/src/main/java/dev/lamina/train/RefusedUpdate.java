package dev.lamina.train;

import dev.lamina.nn.Model;
import dev.lamina.nn.Parameter;
import dev.lamina.op.Clock;
import java.util.Comparator;
import java.util.List;

/**
 * The first update that was refused because it would have made a parameter NaN or infinite.
 *
 * @param step the step's number, from 1
 * @param parameter the name of the parameter
 * @param row the element's row
 * @param column the element's column
 * @param byGradient whether a gradient was not finite, of that parameter or another
 */
record RefusedUpdate(long step, String parameter, long row, long column, boolean byGradient) {
  /**
   * Reads what the updates of pieces of a model left.
   *
   * @param refusals as {@link Clock#REFUSAL} for each piece
   * @return null if none was refused
   */
  static RefusedUpdate of(Model model, List<ParameterPieces.Piece> pieces, double[] refusals) {
    RefusedUpdate first = null;
    boolean byGradient = false;
    int at = 0;
    for (ParameterPieces.Piece piece : pieces) {
      long step = (long) refusals[at + Clock.REFUSED_STEP];
      byGradient |= refusals[at + Clock.REFUSED_GRADIENT] != 0;
      if (step != 0 && first == null) {
        long element = piece.offset() + piece.size() - (long) refusals[at + Clock.REFUSED_REST];
        first = of(model, step, element);
      }
      at += (int) Clock.REFUSAL.size();
    }
    return first == null ? null : first.by(byGradient);
  }

  /** The same of the last of the batches that an update is made after. */
  RefusedUpdate afterBatches(int count) {
    return new RefusedUpdate(step * count, parameter, row, column, byGradient);
  }

  private RefusedUpdate by(boolean gradient) {
    return new RefusedUpdate(step, parameter, row, column, gradient);
  }

  // What lies between two parameters counts as the end of the first.
  private static RefusedUpdate of(Model model, long step, long element) {
    Parameter parameter =
        model.layout().parameters().stream()
            .filter(p -> p.offset() <= element)
            .max(Comparator.comparingLong(Parameter::offset))
            .orElseThrow();
    long within = Math.min(element - parameter.offset(), parameter.shape().size() - 1);
    long columns = parameter.shape().columns();
    return new RefusedUpdate(step, parameter.name(), within / columns, within % columns, false);
  }
}
