package dev.lamina.cuda.lt;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The structures' layouts, as cublasLt.h has them on x86-64. */
class MatmulAlgorithmTest {
  @Test
  void hasTheLayoutOfC() {
    assertEquals(64, MatmulAlgorithm.ALGORITHM.byteSize());
    assertEquals(96, MatmulAlgorithm.RESULT.byteSize());
    assertEquals(8, MatmulAlgorithm.RESULT.byteAlignment());
    assertEquals(0, MatmulAlgorithm.offset("algo"));
    assertEquals(64, MatmulAlgorithm.offset("workspaceSize"));
    assertEquals(72, MatmulAlgorithm.offset("state"));
    assertEquals(76, MatmulAlgorithm.offset("wavesCount"));
    assertEquals(80, MatmulAlgorithm.offset("reserved"));
  }

  @Test
  void isKeptAsText() {
    String text = "00112233445566778899aabbccddeeff".repeat(4);
    MatmulAlgorithm algorithm = MatmulAlgorithm.parse(text, 77);
    assertEquals(text, algorithm.toString());
    assertEquals(77, algorithm.workspaceBytes());
    assertEquals(0, algorithm.waves());
  }
}
