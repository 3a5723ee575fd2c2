package dev.lamina.eager;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Memory;
import dev.lamina.delegating.DelegatingBackend;
import dev.lamina.op.Reduce.Axis;
import dev.lamina.suite.BackendVariants;
import dev.lamina.tensor.GradientTape;
import dev.lamina.tensor.Tensor;
import dev.lamina.tensor.TensorArena;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Gradients of eager tensors, against the formulas of the lecture. */
class GradientTapeTest {
  private static final int SAMPLES = 40;
  private static final double[] TRUE_WEIGHTS = {1.5, -2, 0.5};

  private static Stream<DynamicTest> onEach(Consumer<TensorArena> body) {
    return BackendVariants.onEachOpen(backend -> {
      try (TensorArena arena = TensorArena.open("test", backend)) {
        body.accept(arena);
      }
    });
  }

  /** Samples [m, 3] whose last feature is 1. */
  private static Tensor samples(TensorArena arena) {
    Random random = new Random(5);
    float[] x = new float[SAMPLES * 3];
    for (int i = 0; i < x.length; i++) {
      x[i] = i % 3 == 2 ? 1 : (float) random.nextGaussian();
    }
    return arena.of(x, SAMPLES, 3);
  }

  private static Tensor trueWeights(TensorArena arena) {
    return arena.of(TRUE_WEIGHTS, 3, 1).cast(DType.FP32);
  }

  private static void assertClose(Tensor expected, Tensor actual, double tolerance) {
    assertEquals(expected.type(), actual.type());
    assertArrayEquals(expected.toDoubles(), actual.toDoubles(), tolerance);
  }

  /** L = |Xw - y|²/m, dL/dw = 2/m Xᵀ(Xw - y). */
  @TestFactory
  Stream<DynamicTest> linearRegression() {
    return onEach(arena -> {
      Tensor x = samples(arena);
      Tensor y = x.matmul(trueWeights(arena));
      Tensor w = arena.zeros(TensorType.of(DType.FP32, 3, 1));
      for (int step = 0; step < 120; step++) {
        try (GradientTape tape = GradientTape.open(arena)) {
          Tensor weights = tape.watch(w);
          Tensor loss = x.matmul(weights).subtract(y).square().mean(Axis.ALL);
          Tensor gradient = tape.gradient(loss, weights);
          if (step % 40 == 0) {
            Tensor formula = x.transpose().matmul(x.matmul(w).subtract(y)).multiply(2.0 / SAMPLES);
            assertClose(formula, gradient, 1e-5);
          }
          w.inPlace().subtract(gradient.multiply(0.2));
        }
      }
      assertArrayEquals(TRUE_WEIGHTS, w.toDoubles(), 1e-4);
    });
  }

  /** L = mean of softplus(z) - y z for z = Xw, dL/dw = 1/m Xᵀ(σ(z) - y). */
  @TestFactory
  Stream<DynamicTest> logisticRegression() {
    return onEach(arena -> {
      Tensor x = samples(arena);
      Tensor y = x.matmul(trueWeights(arena)).sign().affine(0.5, 0.5);
      Tensor w = arena.full(0.1, TensorType.of(DType.FP32, 3, 1));
      double before = 0;
      double after = 0;
      for (int step = 0; step < 40; step++) {
        try (GradientTape tape = GradientTape.open(arena)) {
          Tensor p = x.matmul(tape.watch(w)).sigmoid();
          Tensor right = p.multiply(y).add(p.affine(-1, 1).multiply(y.affine(-1, 1)));
          Tensor loss = right.log().negate().mean(Axis.ALL);
          Tensor gradient = tape.gradient(loss, w);
          Tensor formula =
              x.transpose().matmul(x.matmul(w).sigmoid().subtract(y)).multiply(1.0 / SAMPLES);
          assertClose(formula, gradient, 1e-5);
          before = step == 0 ? loss.item() : before;
          after = loss.item();
          w.inPlace().subtract(gradient);
        }
      }
      assertTrue(after < 0.3 * before, before + " to " + after);
    });
  }

  /** f = Σ x³: f' = 3x², f'' = 6x; then the gradient of |f'|². */
  @TestFactory
  Stream<DynamicTest> gradientsHaveGradients() {
    return onEach(arena -> {
      try (GradientTape tape = GradientTape.open(arena)) {
        Tensor x = tape.watch(arena.of(new float[] {1, -2, 3}, 3));
        Tensor first = tape.gradient(x.square().multiply(x).sum(Axis.ALL), x);
        assertArrayEquals(new float[] {3, 12, 27}, first.toFloats());
        Tensor second = tape.gradient(first.sum(Axis.ALL), x);
        assertArrayEquals(new float[] {6, -12, 18}, second.toFloats());
        Tensor penalty = tape.gradient(first.square().sum(Axis.ALL), x);
        assertArrayEquals(new float[] {36, -288, 972}, penalty.toFloats()); // 2 f' f''
      }
    });
  }

  /** Through views, parts, joins and a stopped gradient, on both sides of a product. */
  @TestFactory
  Stream<DynamicTest> everyKindOfOperationIsRecorded() {
    return onEach(arena -> {
      Tensor plain = arena.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
      Tensor kept;
      try (GradientTape tape = GradientTape.open(arena)) {
        Tensor x = tape.watch(plain);
        assertSame(x, tape.watch(plain));
        Tensor y =
            plain
                .concat(Axis.ROWS, List.of(x.reshape(2, 3).rows(0, 1), x.copy()))
                .columns(0, 2)
                .add(x.columns(1, 2).transpose().sum(Axis.ALL))
                .subtract(x.stopGradient().sum(Axis.ALL));
        // Row 0 is there twice, row 1 once; the sum over column 1 is added 5 · 2 times.
        assertArrayEquals(
            new float[] {2, 12, 0, 1, 11, 0}, tape.gradient(y.sum(Axis.ALL), x).toFloats());
        Tensor product = plain.transpose().matmul(x).sum(Axis.ALL);
        assertArrayEquals(
            new float[] {6, 6, 6, 15, 15, 15}, tape.gradient(product, plain).toFloats());
        List<Tensor> both = tape.gradients(x.sum(Axis.ALL), x, tape.watch(arena.full(2, x.type())));
        assertArrayEquals(new float[6], both.getLast().toFloats());
        kept = both.getFirst().to(arena);
      }
      assertArrayEquals(new float[] {1, 1, 1, 1, 1, 1}, kept.toFloats());
    });
  }

  @TestFactory
  Stream<DynamicTest> mistakesAreNamed() {
    return onEach(arena -> {
      Tensor plain = arena.of(new float[] {1, 2}, 2);
      try (GradientTape tape = GradientTape.open(arena);
          GradientTape other = GradientTape.open(arena)) {
        Tensor x = tape.watch(plain);
        Tensor sum = x.sum(Axis.ALL);
        expect("not recorded", () -> tape.gradient(sum, arena.of(new float[] {1}, 1)));
        expect("another tape", () -> other.watch(plain).add(x));
        expect("expected a floating scalar", () -> tape.gradient(x, x));
        expect("gradients need its elements", x::inPlace);
        Tensor constant = x.sign().equal(x).cast(DType.FP32).sum(Axis.ALL);
        assertArrayEquals(new float[2], tape.gradient(constant, x).toFloats());
      }
    });
  }

  private static void expect(String part, Runnable mistake) {
    RuntimeException e = assertThrows(RuntimeException.class, mistake::run);
    assertTrue(e.getMessage().contains(part), e::getMessage);
  }

  /** The steps of a loop use the same memory again. */
  @TestFactory
  Stream<DynamicTest> aLoopAllocatesNothing() {
    return BackendVariants.onEach(variant -> {
      int[] allocations = new int[1];
      Backend counting =
          new DelegatingBackend(variant.open().get()) {
            @Override
            public Memory allocate(String label, long bytes) {
              allocations[0]++;
              return super.allocate(label, bytes);
            }
          };
      try (counting;
          TensorArena arena = TensorArena.open("loop", counting)) {
        Tensor w = arena.of(new float[] {1, 2, 3}, 3);
        int first = 0;
        for (int step = 0; step < 20; step++) {
          try (GradientTape tape = GradientTape.open(arena)) {
            Tensor loss = tape.watch(w).square().sum(Axis.ALL);
            w.inPlace().subtract(tape.gradient(loss, w).multiply(0.1));
          }
          first = step == 0 ? allocations[0] : first;
        }
        assertEquals(first, allocations[0]);
      }
    });
  }
}
