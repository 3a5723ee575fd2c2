package dev.lamina.train;

import dev.lamina.LaminaException;
import dev.lamina.data.Dataset;
import dev.lamina.loss.Loss;
import dev.lamina.op.CountCorrect;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.Optional;

/** In which form a loss takes the targets of a data set. */
public enum Targets {
  /** Class numbers INT32 [batch], for the softmax cross-entropy. */
  CLASS_NUMBERS,
  /** One column with 1 for the second of two classes, for one logit of a cross-entropy. */
  SECOND_CLASS,
  /** A column for each class, 1 at the sample's. */
  ONE_HOT,
  /** The numbers themselves. */
  VALUES;

  /**
   * The form that fits.
   *
   * @throws LaminaException if data, loss and model outputs do not go together
   */
  public static Targets of(Dataset data, Loss loss, int outputs) {
    if (!data.hasTargets()) {
      throw new LaminaException(
          data.source() + " has no targets to learn from or to compare with; name the target");
    }
    return data.isClassification()
        ? ofClasses(data, loss, outputs)
        : ofNumbers(data, loss, outputs);
  }

  private static Targets ofNumbers(Dataset data, Loss loss, int outputs) {
    return switch (loss.outputs()) {
      case CLASS_LOGITS ->
          throw new LaminaException(
              data.source()
                  + " has numbers as targets, and the loss "
                  + loss.label()
                  + " needs classes; use mean-squared-error, or name a target column of classes");
      case LOGITS, NUMBERS -> {
        expect(data, outputs, data.schema().targetNames().size(), "target columns");
        yield VALUES;
      }
    };
  }

  private static Targets ofClasses(Dataset data, Loss loss, int outputs) {
    int classes = data.classNames().size();
    Targets form =
        switch (loss.outputs()) {
          case CLASS_LOGITS -> CLASS_NUMBERS;
          // Accuracy counts an output above 0 as the second class, which holds for logits only.
          case LOGITS -> classes == 2 && outputs == 1 ? SECOND_CLASS : ONE_HOT;
          case NUMBERS -> ONE_HOT;
        };
    if (form != SECOND_CLASS) {
      expect(data, outputs, classes, "classes");
    }
    return form;
  }

  /** The form in which the host feeds targets unless it says otherwise. */
  static Targets fedTo(Loss loss) {
    return switch (loss.outputs()) {
      case CLASS_LOGITS -> CLASS_NUMBERS;
      case LOGITS, NUMBERS -> VALUES;
    };
  }

  /** How right answers are counted; empty for numbers, which are more or less right. */
  Optional<CountCorrect.Rule> rule() {
    return switch (this) {
      case CLASS_NUMBERS, ONE_HOT -> Optional.of(CountCorrect.Rule.LARGEST);
      case SECOND_CLASS -> Optional.of(CountCorrect.Rule.SIGN);
      case VALUES -> Optional.empty();
    };
  }

  private static void expect(Dataset data, int outputs, int expected, String what) {
    if (outputs != expected) {
      throw new LaminaException(
          data.source()
              + " has "
              + expected
              + " "
              + what
              + " and the model "
              + outputs
              + " outputs; they must be equal");
    }
  }

  /** The type of a batch's targets. */
  public TensorType type(int batch, int outputs, DType dtype) {
    return this == CLASS_NUMBERS
        ? TensorType.of(DType.INT32, batch)
        : TensorType.of(dtype, batch, outputs);
  }
}
