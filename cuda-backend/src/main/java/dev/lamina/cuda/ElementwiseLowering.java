package dev.lamina.cuda;

import dev.lamina.op.Activate;
import dev.lamina.op.ActivateGradient;
import dev.lamina.op.Activation;
import dev.lamina.op.AddScaled;
import dev.lamina.op.Affine;
import dev.lamina.op.Binary;
import dev.lamina.op.Unary;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;

/** The kernels of elementwise.cu and broadcast.cu. */
final class ElementwiseLowering {
  private static final String MODULE = "elementwise";
  private static final String BROADCAST = "broadcast";

  private ElementwiseLowering() {}

  static void activate(Emission e, Activate op) {
    activate(e, op.activation(), e.input(0));
  }

  /** Output 0 = φ(source). */
  static void activate(Emission e, Activation activation, Argument source) {
    TensorType type = e.outputType(0);
    if (activation == Activation.IDENTITY) {
      MoveLowering.copy(e, source, 0);
      return;
    }
    e.floating(
        MODULE,
        activation.label(),
        type.dtype(),
        blocks(type),
        1,
        source,
        e.output(0),
        Argument.count(type.size()));
  }

  static void activateGradient(Emission e, ActivateGradient op) {
    activateGradient(e, op.activation(), e.input(0), e.input(1));
  }

  /** Output 0 = dF ∘ φ' from F; dF may be output 0. */
  static void activateGradient(Emission e, Activation activation, Argument dF, Argument f) {
    if (activation == Activation.IDENTITY) {
      MoveLowering.copy(e, dF, 0);
      return;
    }
    TensorType type = e.outputType(0);
    e.floating(
        MODULE,
        activation.label() + "_gradient",
        type.dtype(),
        blocks(type),
        1,
        dF,
        f,
        e.output(0),
        Argument.count(type.size()));
  }

  static void unary(Emission e, Unary op) {
    TensorType type = e.outputType(0);
    e.floating(
        MODULE,
        op.label(),
        type.dtype(),
        blocks(type),
        1,
        e.input(0),
        e.output(0),
        Argument.count(type.size()));
  }

  static void affine(Emission e, Affine op) {
    TensorType type = e.outputType(0);
    e.floating(
        MODULE,
        "affine",
        type.dtype(),
        blocks(type),
        1,
        e.input(0),
        e.output(0),
        Argument.count(type.size()),
        Argument.number(op.scale()),
        Argument.number(op.shift()));
  }

  static void addScaled(Emission e, AddScaled op) {
    TensorType type = e.outputType(0);
    e.floating(
        MODULE,
        "add_scaled",
        type.dtype(),
        blocks(type),
        1,
        e.input(0),
        e.input(1),
        e.output(0),
        Argument.count(type.size()),
        Argument.number(op.alpha()),
        Argument.number(op.beta()));
  }

  static void binary(Emission e, Binary op) {
    TensorType type = e.outputType(0);
    Shape shape = type.shape();
    e.floating(
        BROADCAST,
        op.label().replace('-', '_'),
        type.dtype(),
        blocks(type),
        1,
        e.input(0),
        Repeat.of(e.inputType(0).shape(), shape).argument(),
        e.input(1),
        Repeat.of(e.inputType(1).shape(), shape).argument(),
        e.output(0),
        Argument.count(type.size()),
        Argument.count(shape.columns()));
  }

  static void broadcast(Emission e) {
    TensorType type = e.outputType(0);
    Shape shape = type.shape();
    e.floating(
        BROADCAST,
        "broadcast",
        type.dtype(),
        blocks(type),
        1,
        e.input(0),
        Repeat.of(e.inputType(0).shape(), shape).argument(),
        e.output(0),
        Argument.count(type.size()),
        Argument.count(shape.columns()));
  }

  /** An output = φ(that output + b), with the row b repeated downwards. */
  static void biasActivate(Emission e, Activation activation, Argument bias, int output) {
    TensorType type = e.outputType(output);
    e.floating(
        BROADCAST,
        "bias_" + activation.label(),
        type.dtype(),
        blocks(type),
        1,
        bias,
        e.output(output),
        Argument.count(type.size()),
        Argument.count(type.shape().columns()));
  }

  private static long blocks(TensorType type) {
    return Geometry.elementwise(type.size(), Geometry.pack(type.dtype()));
  }
}
