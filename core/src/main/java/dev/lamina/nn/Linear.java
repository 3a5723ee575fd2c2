package dev.lamina.nn;

import dev.lamina.LaminaException;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.op.Activation;
import dev.lamina.op.Gemm;
import dev.lamina.type.Shape;
import dev.lamina.type.ShapeException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * A fully connected layer, F = φ(X·Wᵀ + 1·bᵀ) for X [batch, in]; parameters {@code weight} W [out,
 * in] and {@code bias} b [out]. With an activation the pre-activation is named {@code
 * path.preactivation}.
 *
 * @param in features of the input
 * @param out features of the output
 * @param bias whether there is a bias
 * @param activation φ
 * @param initializer of the weight
 * @param biasInitializer of the bias, ZEROS by default
 */
public record Linear(
    int in,
    int out,
    boolean bias,
    Activation activation,
    Initializer initializer,
    Initializer biasInitializer)
    implements Layer {
  /** Checks the sizes. */
  public Linear {
    if (in < 1 || out < 1) {
      throw new LaminaException(
          "Linear(" + in + ", " + out + "): expected at least 1 feature on both sides");
    }
  }

  /** A layer whose bias, if it has one, starts at 0. */
  public Linear(int in, int out, boolean bias, Activation activation, Initializer initializer) {
    this(in, out, bias, activation, initializer, Initializer.ZEROS);
  }

  /** A layer with bias and without activation, initialised for ReLU. */
  public Linear(int in, int out) {
    this(in, out, true, Activation.IDENTITY, Initializer.HE_NORMAL);
  }

  /** A layer with bias and activation, initialised by He for ReLU and GELU, by Xavier otherwise. */
  public Linear(int in, int out, Activation activation) {
    this(in, out, true, activation, initializerFor(activation));
  }

  /** What suits a layer whose output goes through an activation. */
  public static Initializer initializerFor(Activation activation) {
    return switch (activation) {
      case RELU, GELU -> Initializer.HE_NORMAL;
      case IDENTITY, SIGMOID, TANH -> Initializer.XAVIER_UNIFORM;
    };
  }

  @Override
  public List<ParameterSpec> parameters() {
    List<ParameterSpec> specs = new ArrayList<>();
    specs.add(new ParameterSpec("weight", Shape.of(out, in), initializer, true));
    if (bias) {
      specs.add(new ParameterSpec("bias", Shape.of(out), biasInitializer, false));
    }
    return specs;
  }

  @Override
  public OptionalInt inputs() {
    return OptionalInt.of(in);
  }

  @Override
  public Value build(BuildContext context, Value x) {
    Graph graph = context.graph();
    if (x.type().shape().rank() != 2 || x.type().shape().columns() != in) {
      throw new ShapeException(
          "layer " + graph.scope() + " " + this + ": expected [batch, " + in + "], got " + x);
    }
    Value z = graph.emit(Gemm.of(false, true), x, context.parameter("weight"));
    if (bias) {
      z = z.add(context.parameter("bias"));
    }
    if (activation == Activation.IDENTITY) {
      return z;
    }
    graph.name(z, context.path("preactivation"));
    return z.activate(activation);
  }

  @Override
  public String toString() {
    String sizes = "new Linear(" + in + ", " + out;
    if (equals(new Linear(in, out))) {
      return sizes + ")";
    }
    if (equals(new Linear(in, out, activation))) {
      return sizes + ", Activation." + activation + ")";
    }
    return sizes
        + (", " + bias)
        + (", Activation." + activation)
        + (", " + initializer)
        + (biasInitializer.equals(Initializer.ZEROS) ? "" : ", " + biasInitializer)
        + ")";
  }
}
