package dev.lamina.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.op.Activation;
import dev.lamina.op.AdamStep;
import dev.lamina.op.ArgMax;
import dev.lamina.op.Clock;
import dev.lamina.op.Elementwise;
import dev.lamina.op.Gemm;
import dev.lamina.op.LossFunction;
import dev.lamina.op.MeanLoss;
import dev.lamina.op.Reduce;
import dev.lamina.op.SgdStep;
import dev.lamina.op.Softmax;
import dev.lamina.op.StepBegin;
import dev.lamina.optim.Schedule;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The oracle against numbers worked out by hand or with other tools. */
class OracleTest {
  private static Value value(double[] data, long... extents) {
    return new Value(TensorType.of(DType.FP64, extents), data);
  }

  private static Value vector(double... data) {
    return value(data, data.length);
  }

  private static double[] first(Result result) {
    return result.outputs().getFirst().values();
  }

  @Test
  void productsTransposed() {
    Value a = value(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
    Value b = value(new double[] {7, 8, 9, 10, 11, 12}, 3, 2);
    Gemm plain = Gemm.of(false, false);
    assertArrayEquals(new double[] {58, 64, 139, 154}, first(Oracle.run(plain, List.of(a, b))));
    Value at = value(new double[] {1, 4, 2, 5, 3, 6}, 3, 2);
    Value bt = value(new double[] {7, 9, 11, 8, 10, 12}, 2, 3);
    Gemm both = Gemm.of(true, true).scaled(2, -1).withBias().with(Activation.RELU);
    Value bias = vector(0, -200);
    Value c = value(new double[] {16, 28, 78, 0}, 2, 2);
    assertArrayEquals(
        new double[] {100, 0, 200, 108}, first(Oracle.run(both, List.of(at, bt, bias, c))));
  }

  @Test
  void softmaxOfOneTwoThree() {
    Value x = value(new double[] {1, 2, 3}, 1, 3);
    double[] expected = {0.09003057317038046, 0.24472847105479764, 0.6652409557748218};
    assertArrayEquals(expected, first(Oracle.run(new Softmax(false), List.of(x))), 1e-15);
    double[] logs = {-2.40760596444438, -1.40760596444438, -0.40760596444438};
    assertArrayEquals(logs, first(Oracle.run(new Softmax(true), List.of(x))), 1e-13);
  }

  /** Without knowledge, a guess among n classes costs ln n, and a coin ln 2. */
  @Test
  void lossesOfGuesses() {
    Value z = value(new double[8], 2, 4);
    Value labels = new Value(TensorType.of(DType.INT32, 2), new double[] {3, 0});
    MeanLoss crossEntropy = new MeanLoss(LossFunction.SOFTMAX_CROSS_ENTROPY);
    assertEquals(Math.log(4), first(Oracle.run(crossEntropy, List.of(z, labels)))[0], 1e-15);
    MeanLoss binary = new MeanLoss(LossFunction.BINARY_CROSS_ENTROPY);
    Value targets = value(new double[] {0, 1, 0, 1, 1, 1, 0, 0}, 2, 4);
    assertEquals(Math.log(2), first(Oracle.run(binary, List.of(z, targets)))[0], 1e-15);
    MeanLoss squared = new MeanLoss(LossFunction.MEAN_SQUARED_ERROR);
    assertEquals(0.5, first(Oracle.run(squared, List.of(z, targets)))[0]);
  }

  @Test
  void reductionsKeepTheirShapes() {
    Value x = value(new double[] {1, 2, 3, 4, 5, 9}, 2, 3);
    Result rows = Oracle.run(new Reduce(Reduce.Kind.SUM, Reduce.Axis.ROWS), List.of(x));
    assertArrayEquals(new double[] {5, 7, 12}, first(rows));
    Result columns = Oracle.run(new Reduce(Reduce.Kind.MEAN, Reduce.Axis.COLUMNS), List.of(x));
    assertArrayEquals(new double[] {2, 6}, first(columns));
    Result all = Oracle.run(new Reduce(Reduce.Kind.MAX, Reduce.Axis.ALL), List.of(x));
    assertArrayEquals(new double[] {9}, first(all));
    Value nan = value(new double[] {1, Double.NaN, 3, 3, 3, 2}, 2, 3);
    Result arg = Oracle.run(new ArgMax(Reduce.Axis.COLUMNS), List.of(nan));
    assertArrayEquals(new double[] {1, 0}, first(arg));
  }

  @Test
  void castsSaturate() {
    Value x = vector(-1.9, 300, Double.NaN, 1e20, 0.1);
    assertArrayEquals(
        new double[] {0, 255, 0, 255, 0},
        first(Oracle.run(Elementwise.cast(x.type(), DType.UINT8), List.of(x))));
    assertArrayEquals(
        new double[] {-1, 300, 0, Integer.MAX_VALUE, 0},
        first(Oracle.run(Elementwise.cast(x.type(), DType.INT32), List.of(x))));
    assertEquals(0.1f, first(Oracle.run(Elementwise.cast(x.type(), DType.FP32), List.of(x)))[4]);
  }

  /** Adam's first step is η in the direction of the gradient, however large that is. */
  @Test
  void adamsFirstStep() {
    Value hyper = vector(0.01, 1 - 0.9, 1 - 0.999, 0, 1);
    Value p = vector(1, 1, 1);
    Value g = vector(1e-3, -50, 0);
    AdamStep adam = new AdamStep(0.9, 0.999, 0, 0, false, 0);
    Value moments = vector(0, 0, 0);
    Result result = Oracle.run(adam, List.of(p, g, hyper, vector(0, 0, 0), moments, moments));
    double[] updated = result.updates().get(0).values();
    assertEquals(0.99, updated[0], 1e-12);
    assertEquals(1.01, updated[1], 1e-12);
    AdamStep decayed = new AdamStep(0.9, 0.999, 1e-8, 0.1, true, 3);
    result =
        Oracle.run(decayed, List.of(p, vector(0, 0, 0), hyper, vector(0, 0, 0), moments, moments));
    assertEquals(0.999, result.updates().get(0).values()[2], 1e-12);
  }

  /** p = 1, g = 0.5 twice, η = 0.1, μ = 0.9: by hand from PyTorch's documentation of SGD. */
  @Test
  void momentum() {
    Value hyper = vector(0.1, 1, 1, 0, 1);
    Value refusal = vector(0, 0, 0);
    Value g = vector(0.5);
    SgdStep heavy = new SgdStep(0.9, false, 0, 0);
    Result one = Oracle.run(heavy, List.of(vector(1), g, hyper, refusal, vector(0)));
    assertEquals(0.95, one.updates().get(0).values()[0], 1e-15);
    Result two =
        Oracle.run(
            heavy,
            List.of(one.updates().get(0).value(), g, hyper, refusal, one.updates().get(4).value()));
    assertEquals(0.95 - 0.1 * 0.95, two.updates().get(0).values()[0], 1e-15);
    SgdStep nesterov = new SgdStep(0.9, true, 0, 0);
    Result ahead = Oracle.run(nesterov, List.of(vector(1), g, hyper, refusal, vector(0)));
    assertEquals(1 - 0.1 * (0.5 + 0.45), ahead.updates().get(0).values()[0], 1e-15);
  }

  /** The mask begins with the known answer for counter 0 and key 0: 6627e8d5 e169c58d bc57ac4c. */
  @Test
  void dropoutFollowsPhilox() {
    Value clock = new Value(Clock.CLOCK, new double[4]);
    Value x = vector(1, 1, 1, 1);
    // The words are 0.399, 0.881, 0.736 and 0.605 of 2^32.
    assertArrayEquals(
        new double[] {0, 2, 2, 2},
        first(Oracle.run(Elementwise.dropout(x.type(), 0.5, 0), List.of(x, clock))));
    double[] sparse = first(Oracle.run(Elementwise.dropout(x.type(), 0.7, 0), List.of(x, clock)));
    assertArrayEquals(new double[] {0, 1 / 0.3, 1 / 0.3, 0}, sparse, 1e-12);
  }

  @Test
  void schedules() {
    Value tracker = new Value(Clock.TRACKER, new double[4]);
    Value clock = new Value(Clock.CLOCK, new double[] {60, 0, 0, 0});
    Schedule cosine = Schedule.cosine(0.2, 100, 0.1).withWarmup(10);
    Value refusals = new Value(Clock.refusals(2), new double[6]);
    StepBegin begin = new StepBegin(cosine.curve(), 0.9, 0.999);
    double[] hyper = first(Oracle.run(begin, List.of(clock, tracker, refusals)));
    assertEquals(0.15, hyper[0], 1e-15);
    assertEquals(1 - Math.pow(0.9, 61), hyper[1]);
    assertEquals(0, hyper[3]);
    assertEquals(61, hyper[4]);
    refusals.data()[3] = 60;
    assertEquals(1, first(Oracle.run(begin, List.of(clock, tracker, refusals)))[3]);
  }

  /** 2·10³⁸ + 2·10³⁸ is beyond FP32: the element stays, and so does its velocity. */
  @Test
  void whatWouldBeInfiniteStays() {
    Value hyper = new Value(Clock.HYPER, new double[] {1, 1, 1, 0, 7});
    Value refusal = new Value(Clock.REFUSAL, new double[3]);
    TensorType type = TensorType.of(DType.FP32, 4);
    Value p = new Value(type, new double[] {1, 2e38, 3, 4});
    Value g = new Value(type, new double[] {0.5, -2e38, 1, Double.NaN});
    Value v = new Value(type, new double[] {0, 5, 0, 6});
    Result result = Oracle.run(new SgdStep(0.5, false, 0, 0), List.of(p, g, hyper, refusal, v));
    assertArrayEquals(new double[] {0.5, 2e38, 2, 4}, result.updates().get(0).values());
    assertArrayEquals(new double[] {0.5, 5, 1, 6}, result.updates().get(4).values());
    assertArrayEquals(new double[] {7, 3, 1}, result.updates().get(3).values());
  }

  /** Twice as long a sum may be off √2 times as far, relative to its size. */
  @Test
  void tolerancesGrowWithTheLengthOfTheSum() {
    Reduce sum = new Reduce(Reduce.Kind.SUM, Reduce.Axis.ALL);
    double[] ones = new double[5000];
    Arrays.fill(ones, 1);
    double[] more = new double[20_000];
    Arrays.fill(more, 1);
    double few = Oracle.run(sum, List.of(vector(ones))).outputs().getFirst().tolerance(0) / 5000;
    double many = Oracle.run(sum, List.of(vector(more))).outputs().getFirst().tolerance(0) / 20_000;
    assertEquals(2, many / few, 1e-9);
    assertTrue(few < 1e-12, () -> "relative tolerance " + few);
  }
}
