package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.lamina.cuda.ProductTuner.Timed;
import dev.lamina.cuda.lt.ComputeType;
import dev.lamina.cuda.lt.Epilogue;
import dev.lamina.cuda.lt.MatmulAlgorithm;
import dev.lamina.type.DType;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How a product's way is chosen and kept. */
class ProductChoiceTest {
  private static final String DIGITS = "0123456789abcdef".repeat(8);
  private static final ProductChoice FUSED =
      new ProductChoice(0, MatmulAlgorithm.parse(DIGITS, 4096));
  private static final ProductChoice PLAIN = new ProductChoice(1, MatmulAlgorithm.parse(DIGITS, 0));
  private static final ProductChoice CUBLAS = new ProductChoice(1, null);

  @Test
  void theFirstIsKeptUnlessAnotherIsClearlyFaster() {
    assertSame(FUSED, best(1, 0.99, 0.985));
    assertSame(PLAIN, best(1, 0.979, 0.99));
    assertSame(CUBLAS, best(1, 0.979, 0.978));
    assertSame(FUSED, best(1, 2, 3));
  }

  private static ProductChoice best(double fused, double plain, double cublas) {
    return ProductTuner.best(
            List.of(new Timed(FUSED, fused), new Timed(PLAIN, plain), new Timed(CUBLAS, cublas)))
        .choice();
  }

  @Test
  void aChoiceIsReadAsItWasWritten() {
    for (List<ProductChoice> choices :
        List.of(List.of(FUSED), List.of(CUBLAS), List.of(PLAIN, FUSED), List.<ProductChoice>of())) {
      String text = ProductChoice.text(choices);
      List<ProductChoice> read = ProductChoice.parse(text).orElseThrow();
      assertEquals(
          choices.stream().map(ProductChoice::way).toList(),
          read.stream().map(ProductChoice::way).toList());
      assertEquals(text, ProductChoice.text(read));
    }
    ProductChoice read = ProductChoice.parse(ProductChoice.text(List.of(FUSED))).get().getFirst();
    assertEquals(4096, read.algorithm().workspaceBytes());
    for (String wrong :
        List.of(
            "",
            "way 0",
            "way 1 cublas ",
            "way 1 cublas, ",
            "way 1 0 cublas",
            "way x cublas",
            "way -1 cublas",
            "way 1 -1 " + DIGITS,
            "way 1 0 " + DIGITS.substring(2),
            "way 1 0 " + DIGITS + " ",
            "way 1 0 " + DIGITS + ", nothing",
            "way 1 x " + DIGITS)) {
      assertEquals(Optional.empty(), ProductChoice.parse(wrong), wrong);
    }
  }

  @Test
  void shapesThatMayNeedAnotherWayHaveAnotherKey() {
    Step.Product p = product(false, false, 2, 3, 4, 0, 4096, 8192, 16384);
    Set<String> keys = new HashSet<>();
    keys.add(key(p, Epilogue.DEFAULT, ComputeType.COMPUTE_32F));
    keys.add(key(p, Epilogue.BIAS, ComputeType.COMPUTE_32F));
    keys.add(key(p, Epilogue.DEFAULT, ComputeType.COMPUTE_32F_FAST_TF32));
    for (Step.Product other :
        List.of(
            product(true, false, 2, 3, 4, 0, 4096, 8192, 16384),
            product(false, true, 2, 3, 4, 0, 4096, 8192, 16384),
            product(false, false, 3, 2, 4, 0, 4096, 8192, 16384),
            product(false, false, 2, 4, 3, 0, 4096, 8192, 16384),
            product(false, false, 2, 3, 4, 1, 4096, 8192, 16384),
            product(false, false, 2, 3, 4, 0, 4100, 8192, 16384),
            product(false, false, 2, 3, 4, 0, 4096, 8200, 16384),
            product(false, false, 2, 3, 4, 0, 4096, 8192, 16400))) {
      keys.add(key(other, Epilogue.DEFAULT, ComputeType.COMPUTE_32F));
    }
    keys.add(key(new ProductWay(p, Epilogue.RELU_AUX_BIAS, 4096, 8192, List.of())));
    keys.add(key(new ProductWay(p, Epilogue.RELU_AUX_BIAS, 4112, 8192, List.of())));
    keys.add(key(new ProductWay(p, Epilogue.RELU_AUX_BIAS, 4096, 8208, List.of())));
    assertEquals(14, keys.size());
    Step.Product elsewhere = product(false, false, 2, 3, 4, 0, 1 << 20, 2 << 20, 3 << 20);
    assertEquals(
        key(p, Epilogue.BIAS, ComputeType.COMPUTE_32F),
        key(elsewhere, Epilogue.BIAS, ComputeType.COMPUTE_32F));
  }

  private static String key(Step.Product p, Epilogue epilogue, ComputeType type) {
    return ProductShape.of(new ProductWay(p, epilogue, 0, 0, List.of()), type).key();
  }

  private static String key(ProductWay way) {
    return ProductShape.of(way, ComputeType.COMPUTE_32F).key();
  }

  private static Step.Product product(
      boolean ta, boolean tb, int m, int n, int k, double beta, long a, long b, long d) {
    return new Step.Product(DType.FP32, DType.FP32, ta, tb, m, n, k, 1, beta, a, b, d);
  }

  @Test
  void alignmentIsThatOfTheAddress() {
    assertEquals(256, ProductShape.alignment(1024));
    assertEquals(16, ProductShape.alignment(1040));
    assertEquals(4, ProductShape.alignment(1028));
    assertEquals(256, ProductShape.alignment(0));
  }

  @Test
  void measurementsHoldForOneGpuAndItsLibraries() {
    Gpu gpu = new Gpu(0, null, "GPU", 1L << 30, 9, 0, 132);
    String identity = Products.identity(gpu, 120605, 12080);
    for (Gpu other :
        List.of(
            new Gpu(0, null, "other", 1L << 30, 9, 0, 132),
            new Gpu(0, null, "GPU", 1L << 30, 8, 0, 132),
            new Gpu(0, null, "GPU", 1L << 30, 9, 1, 132),
            new Gpu(0, null, "GPU", 1L << 30, 9, 0, 66))) {
      assertNotEquals(identity, Products.identity(other, 120605, 12080));
    }
    assertNotEquals(identity, Products.identity(gpu, 120606, 12080));
    assertNotEquals(identity, Products.identity(gpu, 120605, 13000));
    assertEquals(
        identity, Products.identity(new Gpu(1, null, "GPU", 1L << 30, 9, 0, 132), 120605, 12080));
  }
}
