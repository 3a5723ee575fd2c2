package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.lamina.op.ActivateGradientBias;
import dev.lamina.op.Activation;
import dev.lamina.op.Gemm;
import dev.lamina.op.GemmActivateGradient;
import dev.lamina.op.GemmBiasGradient;
import dev.lamina.op.LossFunction;
import dev.lamina.op.LossGradient;
import dev.lamina.op.LossWithGradient;
import dev.lamina.op.MeanLoss;
import dev.lamina.op.Op;
import dev.lamina.op.Reduce;
import dev.lamina.op.Sym;
import dev.lamina.oracle.Expected;
import dev.lamina.oracle.Oracle;
import dev.lamina.oracle.Value;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A fused operation is what its parts are one after the other: the oracle against itself. */
class FusionTest {
  private static final Reduce COLUMN_SUMS = new Reduce(Reduce.Kind.SUM, Reduce.Axis.ROWS);

  private final Interpreter parts = new Interpreter(new OracleBackend());
  private final SplittableRandom random = new SplittableRandom(3);

  private Sym sample(Sampler sampler, long... extents) {
    return parts.put(sampler.sample(TensorType.of(DType.FP64, extents), random));
  }

  private void same(Op fused, List<Sym> inputs, Sym... expected) {
    List<Value> values = inputs.stream().map(parts::get).toList();
    List<Expected> outputs = Oracle.run(fused, values).outputs();
    assertEquals(expected.length, outputs.size());
    for (int i = 0; i < expected.length; i++) {
      assertNull(Comparison.mismatch(outputs.get(i), parts.get(expected[i])), fused.label());
    }
  }

  private Sym gradient(Activation activation, Sym dF, Sym f) {
    return activation == Activation.IDENTITY
        ? dF
        : parts.emit(activation.gradient(dF.type()), dF, f);
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void gemmWithBiasAndActivation(Activation activation) {
    Sym a = sample(Samplers.NORMAL, 13, 7);
    Sym b = sample(Samplers.NORMAL, 5, 7);
    Sym bias = sample(Samplers.NORMAL, 5);
    Sym c = sample(Samplers.NORMAL, 13, 5);
    Sym product = parts.scale(parts.emit(Gemm.of(false, true), a, b), 0.5);
    Sym sum = parts.add(parts.add(product, parts.scale(c, -2)), bias);
    same(
        Gemm.of(false, true).scaled(0.5, -2).withBias().with(activation),
        List.of(a, b, bias, c),
        activation.function().on(parts, sum));
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void activationGradientWithBiasGradient(Activation activation) {
    Sym dF = sample(Samplers.NORMAL, 13, 5);
    Sym f = sample(Samplers.forGradientOf(activation), 13, 5);
    Sym dZ = gradient(activation, dF, f);
    Sym db = parts.emit(COLUMN_SUMS, dZ);
    same(new ActivateGradientBias(activation), List.of(dF, f), dZ, db);
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void inputGradientAcrossTwoLayers(Activation activation) {
    Sym a = sample(Samplers.NORMAL, 13, 7);
    Sym b = sample(Samplers.NORMAL, 7, 5);
    Sym f = sample(Samplers.forGradientOf(activation), 13, 5);
    Sym dF = parts.emit(Gemm.of(false, false), a, b);
    Sym dZ = gradient(activation, dF, f);
    Sym db = parts.emit(COLUMN_SUMS, dZ);
    same(new GemmActivateGradient(activation, true), List.of(a, b, f), dZ, db);
    same(new GemmActivateGradient(activation, false), List.of(a, b, f), dZ);
  }

  @Test
  void weightGradientWithBiasGradient() {
    Sym dZ = sample(Samplers.NORMAL, 13, 5);
    Sym x = sample(Samplers.NORMAL, 13, 7);
    Sym dW = parts.emit(Gemm.of(true, false), dZ, x);
    same(new GemmBiasGradient(false), List.of(dZ, x), dW, parts.emit(COLUMN_SUMS, dZ));
  }

  @ParameterizedTest
  @EnumSource(LossFunction.class)
  void lossWithGradient(LossFunction function) {
    Sym one = parts.put(new Value(new TensorType(DType.FP64, Shape.scalar()), new double[] {1}));
    Sym z = sample(Samplers.NORMAL, 13, 5);
    for (Sym y : Stream.of(Samplers.ONE_HOT, Samplers.UNIT).map(s -> sample(s, 13, 5)).toList()) {
      Sym dz = parts.emit(new LossGradient(function), one, z, y);
      same(
          new LossWithGradient(function),
          List.of(z, y),
          dz,
          parts.emit(new MeanLoss(function), z, y));
    }
  }

  /** Class numbers are one-hot probabilities. */
  @Test
  void labelsAreOneHotProbabilities() {
    Sym z = sample(Samplers.NORMAL, 3, 4);
    Sym labels = parts.put(new Value(TensorType.of(DType.INT32, 3), new double[] {2, 0, 3}));
    Sym oneHot =
        parts.put(
            new Value(
                TensorType.of(DType.FP64, 3, 4),
                new double[] {0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1}));
    LossFunction function = LossFunction.SOFTMAX_CROSS_ENTROPY;
    List<Sym> expected = parts.execute(new LossWithGradient(function), List.of(z, oneHot));
    same(new LossWithGradient(function), List.of(z, labels), expected.get(0), expected.get(1));
  }
}
