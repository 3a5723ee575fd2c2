package dev.lamina.eager;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.op.Reduce.Axis;
import dev.lamina.suite.BackendVariants;
import dev.lamina.tensor.Tensor;
import dev.lamina.tensor.TensorArena;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.ShapeException;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What the operations compute is the suite's affair; here it is views, lifetimes and errors. */
class TensorTest {
  @TestFactory
  Stream<DynamicContainer> onEveryBackend() {
    return BackendVariants.all().stream()
        .map(variant ->
            DynamicContainer.dynamicContainer(
                variant.name(),
                Stream.of(
                    test("creation", variant.open(), this::creation),
                    test("views", variant.open(), this::views),
                    test("products", variant.open(), this::products),
                    test("bf16", variant.open(), this::narrow),
                    test("broadcasting", variant.open(), this::broadcasting),
                    test("functions", variant.open(), this::functions),
                    test("reductions", variant.open(), this::reductions),
                    test("conversions", variant.open(), this::conversions),
                    test("copies", variant.open(), this::copies),
                    test("errors", variant.open(), this::errors),
                    test("lifetimes", variant.open(), this::lifetimes))));
  }

  private static DynamicTest test(String name, Supplier<Backend> open, Consumer<TensorArena> body) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          try (Backend backend = open.get();
              TensorArena arena = TensorArena.open("test", backend)) {
            body.accept(arena);
          }
        });
  }

  private static Tensor counting(TensorArena arena, long... extents) {
    return arena.range(1, Shape.of(extents).size() + 1, 1, DType.FP32).reshape(extents);
  }

  private void creation(TensorArena arena) {
    assertArrayEquals(new float[] {1, 2, 3}, arena.of(new float[] {1, 2, 3}, 3).toFloats());
    assertArrayEquals(new double[] {1, 2}, arena.of(new int[] {1, 2}, 2).toDoubles());
    assertArrayEquals(new double[] {255, 0}, arena.of(new byte[] {-1, 0}, 2).toDoubles());
    FloatBuffer buffer = FloatBuffer.wrap(new float[] {0, 7, 8}).position(1);
    assertArrayEquals(new float[] {7, 8}, arena.of(buffer, 2).toFloats());
    assertArrayEquals(new double[] {2, 1.5, 1}, arena.range(2, 0.6, -0.5, DType.FP32).toDoubles());
    assertArrayEquals(new int[] {0, 3, 6}, arena.range(0, 9, 3, DType.INT32).toInts());
    assertArrayEquals(
        new float[] {1, 1, 1, 1}, arena.ones(TensorType.of(DType.FP32, 2, 2)).toFloats());
    assertEquals(0, arena.zeros(TensorType.of(DType.FP32)).item());
  }

  private void views(TensorArena arena) {
    Tensor x = counting(arena, 3, 4);
    assertEquals(Shape.of(2, 6), x.reshape(2, -1).shape());
    assertArrayEquals(new float[] {5, 6, 7, 8}, x.rows(1, 2).toFloats());
    assertEquals(Shape.of(4, 3), x.transpose().shape());
    assertArrayEquals(
        new float[] {1, 5, 9, 2, 6, 10, 3, 7, 11, 4, 8, 12}, x.transpose().toFloats());
    assertArrayEquals(new float[] {2, 6, 10}, x.transpose().rows(1, 2).toFloats());
    assertArrayEquals(x.toFloats(), x.transpose().transpose().toFloats());
    x.rows(0, 1).write(MemorySegment.ofArray(new float[] {-1, -2, -3, -4}));
    assertEquals(-3, x.reshape(12).rows(2, 3).item(), "views share memory");
  }

  private void products(TensorArena arena) {
    Tensor a = counting(arena, 2, 3);
    Tensor b = counting(arena, 3, 2);
    assertArrayEquals(new float[] {22, 28, 49, 64}, a.matmul(b).toFloats());
    assertArrayEquals(new float[] {22, 49, 28, 64}, b.transpose().matmul(a.transpose()).toFloats());
    assertArrayEquals(new float[] {14, 32, 32, 77}, a.matmul(a.transpose()).toFloats());
    Tensor c = arena.ones(TensorType.of(DType.FP32, 2, 2));
    assertArrayEquals(
        new float[] {13, 16, 26.5f, 34}, c.gemm(0.5, a, b, 2).toFloats(), "accumulates in place");
  }

  private void narrow(TensorArena arena) {
    // 1 + 2⁻⁸ lies in the middle between two numbers of BF16.
    Tensor x = arena.of(new float[] {1.00390625f, 1.5f, -3}, 3).cast(DType.BF16);
    assertArrayEquals(new double[] {1, 1.5, -3}, x.toDoubles());
    Tensor row = x.reshape(1, 3);
    assertArrayEquals(new double[] {12.25}, row.matmul(row.transpose()).toDoubles());
    assertArrayEquals(new double[] {1, 1.5, 0}, x.relu().toDoubles());
    assertArrayEquals(new double[] {2, 2.5, -2}, x.add(1).cast(DType.FP32).toDoubles());
    ShapeException error = assertThrows(ShapeException.class, () -> x.toFloats());
    assertTrue(error.getMessage().contains("cast it"), error.getMessage());
  }

  private void broadcasting(TensorArena arena) {
    Tensor x = counting(arena, 2, 3);
    Tensor row = arena.of(new float[] {10, 20, 30}, 3);
    Tensor column = arena.of(new float[] {100, 200}, 2, 1);
    assertArrayEquals(new float[] {11, 22, 33, 14, 25, 36}, x.add(row).toFloats());
    assertArrayEquals(new float[] {9, 18, 27, 6, 15, 24}, row.subtract(x).toFloats());
    assertArrayEquals(new float[] {100, 200, 300, 800, 1000, 1200}, x.multiply(column).toFloats());
    assertArrayEquals(new float[] {3, 4, 5, 6, 7, 8}, x.add(2).toFloats());
    assertArrayEquals(
        new float[] {2, 2, 3, 4, 5, 6}, x.maximum(arena.of(new float[] {2}, 1)).toFloats());
  }

  private void functions(TensorArena arena) {
    Tensor x = arena.of(new float[] {-2, 0, 4}, 1, 3);
    assertArrayEquals(new float[] {0, 0, 4}, x.relu().toFloats());
    assertArrayEquals(new float[] {2, 0, 4}, x.abs().toFloats());
    assertArrayEquals(new float[] {4, 0, 16}, x.square().toFloats());
    assertArrayEquals(new float[] {-1, 0, 1}, x.sign().toFloats());
    assertArrayEquals(new float[] {2, 0, -4}, x.negate().add(0).toFloats());
    assertEquals(2, x.rows(0, 1).square().sqrt().toFloats()[0]);
    assertEquals(0.5, x.sigmoid().toFloats()[1]);
    assertEquals(Math.tanh(4), x.tanh().toFloats()[2], 1e-6);
    assertEquals(1, x.softmax().sum(Axis.ALL).item(), 1e-6);
    assertArrayEquals(x.softmax().log().toFloats(), x.logSoftmax().toFloats(), 1e-5f);
    assertArrayEquals(new float[] {1, 1, 0}, x.negate().greaterEqual(x).toFloats());
    assertArrayEquals(new float[] {0, 1, 0}, x.equal(x.negate()).toFloats());
    assertEquals(0.25, x.reciprocal().toFloats()[2]);
    assertEquals(Math.exp(-2), x.exp().toFloats()[0], 1e-7);
  }

  private void reductions(TensorArena arena) {
    Tensor x = counting(arena, 2, 3);
    assertEquals(21, x.sum(Axis.ALL).item());
    assertArrayEquals(new float[] {5, 7, 9}, x.sum(Axis.ROWS).toFloats());
    assertEquals(Shape.of(2, 1), x.mean(Axis.COLUMNS).shape());
    assertArrayEquals(new float[] {2, 5}, x.mean(Axis.COLUMNS).toFloats());
    assertEquals(6, x.max(Axis.ALL).item());
    assertArrayEquals(new int[] {2, 2}, x.argMax(Axis.COLUMNS).toInts());
    assertArrayEquals(new int[] {1, 1, 1}, x.argMax(Axis.ROWS).toInts());
    assertArrayEquals(
        new float[] {-1, 0, 1, -1, 0, 1},
        x.subtract(x.mean(Axis.COLUMNS)).toFloats(),
        "a column broadcasts back");
  }

  private void conversions(TensorArena arena) {
    Tensor x = arena.of(new float[] {-1.5f, 2.7f, 300}, 3);
    assertArrayEquals(new int[] {-1, 2, 300}, x.cast(DType.INT32).toInts());
    assertArrayEquals(new byte[] {0, 2, -1}, x.cast(DType.UINT8).toBytes());
    assertArrayEquals(new float[] {-1, 2, 300}, x.cast(DType.INT32).cast(DType.FP32).toFloats());
  }

  private void copies(TensorArena arena) {
    Tensor x = counting(arena, 2, 3);
    Tensor copy = x.transpose().copy();
    x.write(MemorySegment.ofArray(new float[6]));
    assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, copy.toFloats());
    try (TensorArena other = TensorArena.open("other", arena.backend())) {
      assertArrayEquals(copy.toFloats(), copy.to(other).toFloats());
      assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, copy.transpose().to(other).toFloats());
    }
    for (var variant : BackendVariants.cpu(1)) {
      try (Backend backend = variant.open().get();
          TensorArena there = TensorArena.open("there", backend)) {
        Tensor moved = copy.to(there);
        assertArrayEquals(copy.toFloats(), moved.toFloats());
        copy.assign(moved.multiply(2));
        assertArrayEquals(moved.multiply(2).toFloats(), copy.toFloats());
        assertThrows(ShapeException.class, () -> copy.add(moved), "on two backends");
      }
    }
  }

  private void errors(TensorArena arena) {
    Tensor x = counting(arena, 2, 3);
    says("gemm", () -> x.matmul(x), "[2, 3]");
    says("add", () -> x.add(counting(arena, 2, 2)), "[2, 2]");
    says("reshape", () -> x.reshape(4, 2), "6 elements");
    says("shape", () -> x.reshape(1L << 32, 1L << 32), "product at most 2^40");
    says("shape", () -> x.reshape(-1, 1L << 32, 1L << 32), "at least 1");
    says("rows", () -> x.rows(1, 3), "rows");
    says("transpose", () -> arena.of(new float[] {1}, 1).transpose(), "matrix");
    says("item", x::item, "one element");
    says("INT32", x::toInts, "cast");
    says("array", () -> arena.of(new float[5], 2, 3), "24 bytes");
    says("buffer", () -> arena.of(ShortBuffer.allocate(1), 1), "floats");
    says("integers", () -> arena.of(new int[] {1}, 1).exp(), "cast");
    says("gemm target", () -> x.gemm(1, x, x.transpose(), 0), "target");
    says(
        "alias",
        () -> {
          Tensor square = counting(arena, 2, 2);
          square.gemm(1, square, square, 1);
        },
        "shares memory");
    says("range", () -> arena.range(0, 0, 1, DType.FP32), "range");
  }

  private static void says(String what, Runnable action, String part) {
    ShapeException error = assertThrows(ShapeException.class, action::run, what);
    assertTrue(error.getMessage().contains(part), error::getMessage);
  }

  private void lifetimes(TensorArena arena) {
    Tensor lost;
    try (TensorArena inner = TensorArena.open("inner", arena.backend())) {
      lost = counting(inner, 2, 3);
    }
    for (Runnable use :
        new Runnable[] {
          lost::toFloats, () -> lost.add(1), () -> lost.matmul(lost.transpose()), lost::copy
        }) {
      IllegalStateException error = assertThrows(IllegalStateException.class, use::run);
      assertTrue(error.getMessage().contains("inner"), error::getMessage);
      assertTrue(error.getMessage().contains("tensor FP32["), error::getMessage);
    }
    TensorArena closed = TensorArena.open("closed", arena.backend());
    closed.close();
    closed.close();
    assertThrows(IllegalStateException.class, () -> closed.of(new float[1], 1));
  }
}
