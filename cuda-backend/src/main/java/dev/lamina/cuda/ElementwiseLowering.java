package dev.lamina.cuda;

import dev.lamina.cuda.formula.CoreFormulas;
import dev.lamina.op.Activation;

/** What follows a product that has no epilogue for it, as formulas. */
final class ElementwiseLowering {
  private ElementwiseLowering() {}

  /** Output 0 = φ(source). */
  static void activate(Emission e, Activation activation, Argument source) {
    if (activation == Activation.IDENTITY) {
      MoveLowering.copy(e, source, 0);
    } else {
      MapLowering.launch(e, activation.function().on(e.outputType(0)), source, e.output(0));
    }
  }

  /** Output 0 = dF ∘ φ' from F; dF may be output 0. */
  static void activateGradient(Emission e, Activation activation, Argument dF, Argument f) {
    if (activation == Activation.IDENTITY) {
      MoveLowering.copy(e, dF, 0);
    } else {
      MapLowering.launch(e, activation.gradient(e.outputType(0)), dF, f, e.output(0));
    }
  }

  /** An output = φ(that output + b), with the row b repeated downwards. */
  static void biasActivate(Emission e, Activation activation, Argument bias, int output) {
    Argument z = e.output(output);
    MapLowering.launch(e, CoreFormulas.biased(activation, e.outputType(output)), z, bias, z);
  }
}
