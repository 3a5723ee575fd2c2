package dev.lamina.train;

import dev.lamina.LaminaException;
import java.io.Serial;

/**
 * A loss, or the update of a parameter, became NaN or infinite. The message says what has become of
 * the parameters: those before a loss that was not finite are as they were; of a step whose update
 * was refused in part, the other part has been done. None is NaN or infinite that was not before.
 */
public final class NonFiniteException extends LaminaException {
  @Serial private static final long serialVersionUID = 1L;

  private static final String ADVICE =
      "Try a smaller learning rate, a warm-up, standardised inputs, or look for extreme values in"
          + " the data. ";

  private final String what;
  private final long step;
  private final String where;

  private NonFiniteException(String what, String parameters, long step, String where) {
    super(what + ADVICE + parameters);
    this.what = what;
    this.step = step;
    this.where = where;
  }

  /**
   * A step's loss was not finite.
   *
   * @param first where the step first has a value that is not finite, null if it cannot be found
   */
  static NonFiniteException ofLoss(long step, Diagnosis.Finding first) {
    return of(
        "the loss became NaN or infinite at step " + step,
        step,
        first,
        new Diagnosis.Finding("the loss itself", "the step could not be repeated"),
        "The parameters were left as they were before that step.");
  }

  /**
   * A step's loss was finite, but not all of its update.
   *
   * @param first as above
   */
  static NonFiniteException ofUpdate(RefusedUpdate refused, Diagnosis.Finding first) {
    return of(
        "the update of "
            + refused.parameter()
            + " row "
            + refused.row()
            + " column "
            + refused.column()
            + " became NaN or infinite at step "
            + refused.step(),
        refused.step(),
        first,
        new Diagnosis.Finding(refused.parameter(), "what it would have become"),
        "Parameters whose update was not finite were left as they were; that step changed the"
            + " others, and none was changed after it.");
  }

  /**
   * The loss on held-out data was not finite after a step.
   *
   * @param first where the next step would first have a value that is not finite, or null
   */
  static NonFiniteException ofValidation(long step, Diagnosis.Finding first) {
    return of(
        "the loss on the validation data became NaN or infinite after step " + step,
        step,
        first,
        new Diagnosis.Finding("the validation data", "the next batch has none"),
        "The parameters are those after that step.");
  }

  private static NonFiniteException of(
      String what,
      long step,
      Diagnosis.Finding first,
      Diagnosis.Finding otherwise,
      String parameters) {
    Diagnosis.Finding found = first == null ? otherwise : first;
    return new NonFiniteException(
        what
            + "; the first value that is not finite is in "
            + found.name()
            + " ("
            + found.element()
            + "). ",
        parameters,
        step,
        found.name());
  }

  /** The same of a model that got the parameters back that it had after an epoch. */
  NonFiniteException withParametersOf(int epoch) {
    NonFiniteException other =
        new NonFiniteException(
            what, "The model has the parameters of epoch " + epoch + ", its best.", step, where);
    other.setStackTrace(getStackTrace());
    return other;
  }

  /** The step, from 1. */
  public long step() {
    return step;
  }

  /** The name of the first value, in order of computation, that holds NaN or infinity. */
  public String where() {
    return where;
  }
}
