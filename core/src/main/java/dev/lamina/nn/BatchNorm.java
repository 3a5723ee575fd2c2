package dev.lamina.nn;

import dev.lamina.LaminaException;
import dev.lamina.graph.Value;
import dev.lamina.op.Reduce.Axis;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.ShapeException;
import java.util.List;
import java.util.OptionalInt;

/**
 * Batch normalisation (Ioffe and Szegedy, 2015): Y = (X − μ) / √(σ² + ε) ∘ γ + β for each column of
 * X [batch, features]. While training μ and σ² are the batch's mean and variance (Σ (x − μ)² / m),
 * and the states {@code running_mean} and {@code running_var} follow: r ← (1 − momentum) r +
 * momentum s, with s the mean, and the variance with the divisor m − 1. In evaluation μ and σ² are
 * the states. Parameters {@code weight} γ [features], 1 at first, and {@code bias} β [features].
 * All is computed in FP32 (FP64 in a model of FP64), also where X is BF16. As PyTorch's {@code
 * BatchNorm1d}, but for its {@code num_batches_tracked}.
 *
 * @param features the columns of X
 * @param epsilon ε, above 0
 * @param momentum from 0 to 1
 */
public record BatchNorm(int features, double epsilon, double momentum) implements Layer {
  /** Checks the numbers. */
  public BatchNorm {
    if (features < 1 || !(epsilon > 0) || !(momentum >= 0 && momentum <= 1)) {
      throw new LaminaException(
          "BatchNorm("
              + features
              + ", "
              + epsilon
              + ", "
              + momentum
              + "): expected at least 1 feature, epsilon above 0 and momentum from 0 to 1");
    }
  }

  /** With ε = 10⁻⁵ and momentum 0.1. */
  public BatchNorm(int features) {
    this(features, 1e-5, 0.1);
  }

  @Override
  public List<ParameterSpec> parameters() {
    Shape shape = Shape.of(features);
    return List.of(
        new ParameterSpec("weight", shape, Initializer.ONES, false),
        new ParameterSpec("bias", shape, Initializer.ZEROS, false),
        ParameterSpec.state("running_mean", shape, Initializer.ZEROS),
        ParameterSpec.state("running_var", shape, Initializer.ONES));
  }

  @Override
  public OptionalInt inputs() {
    return OptionalInt.of(features);
  }

  @Override
  public Value build(BuildContext context, Value x) {
    if (x.shape().rank() != 2 || x.shape().columns() != features) {
      throw new ShapeException(
          "layer " + context.path(toString()) + ": expected [batch, " + features + "], got " + x);
    }
    DType full = context.parameter("running_mean").dtype();
    Value wide = x.cast(full);
    boolean training = context.mode() == Mode.TRAINING;
    Value mean = training ? wide.mean(Axis.ROWS) : context.parameter("running_mean");
    Value centered = wide.subtract(mean);
    Value variance =
        training ? centered.square().mean(Axis.ROWS) : context.parameter("running_var");
    if (training) {
      follow(context, mean, variance, x.shape().rows());
    }
    Value gamma = context.parameter("weight").cast(full);
    Value beta = context.parameter("bias").cast(full);
    Value scale = variance.add(epsilon).sqrt().reciprocal().multiply(gamma);
    return centered.multiply(scale).add(beta).cast(x.dtype());
  }

  /** Lets the states follow a batch of m samples. */
  private void follow(BuildContext context, Value mean, Value variance, long m) {
    if (m < 2) {
      throw new LaminaException(
          "layer "
              + context.path(toString())
              + ": the variance of a batch needs at least 2 samples, got "
              + m);
    }
    Value unbiased = variance.multiply(m / (m - 1.0));
    context.update("running_mean", follow(context.parameter("running_mean"), mean));
    context.update("running_var", follow(context.parameter("running_var"), unbiased));
  }

  private Value follow(Value running, Value batch) {
    return running.multiply(1 - momentum).add(batch.multiply(momentum));
  }

  @Override
  public String toString() {
    return equals(new BatchNorm(features))
        ? "new BatchNorm(" + features + ")"
        : "new BatchNorm(" + features + ", " + epsilon + ", " + momentum + ")";
  }
}
