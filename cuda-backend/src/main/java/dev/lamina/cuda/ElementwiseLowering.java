package dev.lamina.cuda;

import dev.lamina.cuda.formula.CoreFormulas;
import dev.lamina.op.Activate;
import dev.lamina.op.ActivateGradient;
import dev.lamina.op.Activation;
import dev.lamina.op.AddScaled;
import dev.lamina.op.Binary;
import dev.lamina.op.Cast;
import dev.lamina.op.Dropout;
import dev.lamina.op.Elementwise;
import dev.lamina.op.Unary;
import dev.lamina.type.TensorType;

/** Pointwise operations, as the formulas that they are. */
final class ElementwiseLowering {
  private ElementwiseLowering() {}

  static void activate(Emission e, Activate op) {
    activate(e, op.activation(), e.input(0));
  }

  /** Output 0 = φ(source). */
  static void activate(Emission e, Activation activation, Argument source) {
    if (activation == Activation.IDENTITY) {
      MoveLowering.copy(e, source, 0);
    } else {
      MapLowering.launch(e, activation.function().on(e.outputType(0)), source, e.output(0));
    }
  }

  static void activateGradient(Emission e, ActivateGradient op) {
    activateGradient(e, op.activation(), e.input(0), e.input(1));
  }

  /** Output 0 = dF ∘ φ' from F; dF may be output 0. */
  static void activateGradient(Emission e, Activation activation, Argument dF, Argument f) {
    if (activation == Activation.IDENTITY) {
      MoveLowering.copy(e, dF, 0);
    } else {
      MapLowering.launch(e, activation.gradient(e.outputType(0)), dF, f, e.output(0));
    }
  }

  static void unary(Emission e, Unary op) {
    MapLowering.map(e, CoreFormulas.of(op.function()).on(e.inputType(0)));
  }

  static void addScaled(Emission e, AddScaled op) {
    MapLowering.map(e, CoreFormulas.of(op).on(e.inputType(0), e.inputType(1)));
  }

  static void binary(Emission e, Binary op) {
    MapLowering.map(e, CoreFormulas.of(op.kind()).on(e.inputType(0), e.inputType(1)));
  }

  static void cast(Emission e, Cast op) {
    TensorType x = e.inputType(0);
    if (x.dtype() == op.to()) {
      MoveLowering.copy(e, 0);
    } else {
      MapLowering.map(e, Elementwise.cast(x, op.to()));
    }
  }

  static void dropout(Emission e, Dropout op) {
    MapLowering.map(e, CoreFormulas.of(op, e.inputType(0)));
  }

  /** An output = φ(that output + b), with the row b repeated downwards. */
  static void biasActivate(Emission e, Activation activation, Argument bias, int output) {
    Argument z = e.output(output);
    MapLowering.launch(e, CoreFormulas.biased(activation, e.outputType(output)), z, bias, z);
  }
}
