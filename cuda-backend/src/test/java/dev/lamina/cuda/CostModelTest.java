package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.Precision;
import dev.lamina.type.DType;
import org.junit.jupiter.api.Test;

/** Estimates follow from sizes as documented. */
class CostModelTest {
  private static final CostModel H200 = CostModel.H200;

  private static Step.Product product(DType dtype, int m, int n, int k) {
    return new Step.Product(dtype, dtype, false, true, m, n, k, 1, 0, 256, 512, 768);
  }

  private static double seconds(DType dtype, Precision precision, int m, int n, int k) {
    return H200.seconds(H200.product(product(dtype, m, n, k), precision, 0));
  }

  @Test
  void whatIsSmallTakesTheLeastTime() {
    assertEquals(2e-6, H200.seconds(H200.kernel(100, 1)));
    assertEquals(4e-6, seconds(DType.BF16, Precision.BF16, 128, 128, 128));
  }

  @Test
  void largeProductsTakeTheirFlops() {
    double flops = 2.0 * 8192 * 4096 * 4096;
    assertEquals(flops / (0.93 * 790e12), seconds(DType.BF16, Precision.BF16, 8192, 4096, 4096));
    assertEquals(flops / (0.93 * 395e12), seconds(DType.FP32, Precision.TF32, 8192, 4096, 4096));
    assertEquals(flops / (0.93 * 60e12), seconds(DType.FP32, Precision.FP32, 8192, 4096, 4096));
  }

  @Test
  void whatMovesMuchTakesItsBytes() {
    assertEquals(500e6 / 4.0e12, H200.seconds(H200.kernel(500e6, 4096)));
    // Two blocks cannot use all of the bandwidth.
    assertEquals(500e6 / (2 * 45e9), H200.seconds(H200.kernel(500e6, 2)));
    // A product with a row: A, B and D, the latter read too where it is added to.
    double bytes = 2.0 * (8192 + 8192.0 * 8192 + 8192);
    assertEquals(bytes / 4.0e12, seconds(DType.BF16, Precision.BF16, 1, 8192, 8192));
    Step.Product p = product(DType.BF16, 1, 8192, 8192);
    Step.Product added =
        new Step.Product(DType.BF16, DType.FP32, false, true, 1, 8192, 8192, 1, 1, 256, 512, 768);
    double result = 8192 * 2;
    assertEquals(
        H200.product(p, Precision.BF16, 0).bytes() - result + 2 * 8192 * 4,
        H200.product(added, Precision.BF16, 0).bytes());
  }

  @Test
  void sharesAreOfTheTimeThatItTakesByItself() {
    CostModel.Demand kernel = H200.kernel(500e6, 4096);
    assertEquals(1, H200.memoryShare(kernel), 1e-12);
    assertEquals(0, H200.computeShare(kernel));
    assertEquals(1, H200.multiprocessorShare(kernel));
    assertEquals(33 / 132.0, H200.multiprocessorShare(H200.kernel(500e6, 33)));
    CostModel.Demand small = H200.product(product(DType.BF16, 128, 512, 784), Precision.BF16, 0);
    assertEquals(4 / 132.0, H200.multiprocessorShare(small), 1e-12);
    assertEquals(2.0 * 128 * 512 * 784 / (0.93 * 790e12) / 4e-6, H200.computeShare(small), 1e-12);
  }
}
