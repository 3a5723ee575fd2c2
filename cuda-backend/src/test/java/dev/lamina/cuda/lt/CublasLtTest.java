package dev.lamina.cuda.lt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What arrives in C, seen by a library that writes down its calls. */
class CublasLtTest {
  private Arena arena;
  private FakeCublasLt fake;
  private CublasLt lt;

  @BeforeEach
  void bind() throws ReflectiveOperationException {
    arena = Arena.ofConfined();
    fake = new FakeCublasLt(arena);
    lt = CublasLt.bind(fake.lookup());
  }

  @AfterEach
  void close() {
    arena.close();
  }

  @Test
  void tellsItsVersion() {
    assertEquals(120605, lt.version());
  }

  @Test
  void saysWhichFunctionIsMissing() {
    fake.remove(LtFunction.HEURISTIC);
    LaminaException e = assertThrows(LaminaException.class, () -> CublasLt.bind(fake.lookup()));
    assertTrue(e.getMessage().contains("cublasLtMatmulAlgoGetHeuristic"), e.getMessage());
  }

  @Test
  void ownsAHandle() {
    LtHandle handle = lt.handle();
    assertEquals(100, handle.handle());
    handle.close();
    handle.close();
    assertEquals(List.of("CREATE -> 100", "DESTROY [100]"), fake.calls);
    assertEquals(
        "cuBLASLt handle is closed",
        assertThrows(IllegalStateException.class, handle::handle).getMessage());
  }

  @Test
  void setsAttributes() {
    try (MatmulDesc desc = lt.matmulDesc(ComputeType.COMPUTE_32F, CudaDataType.R_32F);
        MatrixLayout layout = lt.matrixLayout(CudaDataType.R_16BF, 5, 7, 8);
        MatmulPreference preference = lt.matmulPreference()) {
      desc.transpose(true, false).epilogue(Epilogue.DRELU_BGRAD).biasPointer(1L << 40);
      desc.auxiliary(1L << 41, 128).biasType(CudaDataType.R_32F);
      desc.auxiliaryType(CudaDataType.R_16BF);
      layout.batch(3, 1L << 33);
      preference.maxWorkspaceBytes(1L << 32).minAlignment(16, 32, 64, 256);
      preference.reductionSchemes(ReductionScheme.INPLACE, ReductionScheme.COMPUTE_TYPE);
    }
    assertEquals(
        List.of(
            "DESC_CREATE -> 100 68 0",
            "LAYOUT_CREATE -> 101 14 5 7 8",
            "PREFERENCE_CREATE -> 102",
            "DESC_SET 100 3 = 1 of 4",
            "DESC_SET 100 4 = 0 of 4",
            "DESC_SET 100 7 = 152 of 4",
            "DESC_SET 100 8 = " + (1L << 40) + " of 8",
            "DESC_SET 100 11 = " + (1L << 41) + " of 8",
            "DESC_SET 100 12 = 128 of 8",
            "DESC_SET 100 26 = 0 of 4",
            "DESC_SET 100 22 = 14 of 4",
            "LAYOUT_SET 101 5 = 3 of 4",
            "LAYOUT_SET 101 6 = " + (1L << 33) + " of 8",
            "PREFERENCE_SET 102 1 = " + (1L << 32) + " of 8",
            "PREFERENCE_SET 102 5 = 16 of 4",
            "PREFERENCE_SET 102 6 = 32 of 4",
            "PREFERENCE_SET 102 7 = 64 of 4",
            "PREFERENCE_SET 102 8 = 256 of 4",
            "PREFERENCE_SET 102 3 = 3 of 4",
            "PREFERENCE_DESTROY [102]",
            "LAYOUT_DESTROY [101]",
            "DESC_DESTROY [100]"),
        fake.calls);
  }

  @Test
  void asksForAlgorithmsAndRunsOne() {
    try (MatmulDesc desc = lt.matmulDesc(ComputeType.COMPUTE_32F, CudaDataType.R_32F);
        MatrixLayout a = lt.matrixLayout(CudaDataType.R_32F, 2, 3, 2);
        MatrixLayout b = lt.matrixLayout(CudaDataType.R_32F, 3, 4, 3);
        MatrixLayout d = lt.matrixLayout(CudaDataType.R_32F, 2, 4, 2);
        MatmulPreference preference = lt.matmulPreference()) {
      Matmul matmul = new Matmul(desc, a, b, d, d);
      fake.calls.clear();
      List<MatmulAlgorithm> algorithms = lt.heuristic(7, matmul, preference, 16);
      assertEquals(2, algorithms.size(), "the second of three has status 15");
      MatmulAlgorithm algorithm = algorithms.get(1);
      assertEquals(2048, algorithm.workspaceBytes());
      assertEquals(2.5f, algorithm.waves());
      assertEquals("03".repeat(64), algorithm.toString());
      Workspace workspace = new Workspace(1 << 20, 4096);
      lt.matmul(7, matmul, 0.5, 11, 12, -2, 13, 14, algorithm, workspace, 99);
      assertEquals(
          List.of(
              "HEURISTIC 7 100 101 102 103 103 104 16",
              "MATMUL 7 100 float 0.5 11 101 12 102 float -2.0 13 103 14 103 0303 1048576 4096 99"),
          fake.calls);
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> lt.matmul(7, matmul, 1, 1, 2, 0, 3, 3, algorithm, Workspace.NONE, 0));
      assertTrue(e.getMessage().endsWith("needs a workspace of 2048 bytes, got 0"));
      assertEquals(1, lt.heuristic(7, matmul, preference, 1).size());
    }
  }

  @Test
  void scalesByDoubles() {
    try (MatmulDesc desc = lt.matmulDesc(ComputeType.COMPUTE_64F, CudaDataType.R_64F);
        MatrixLayout a = lt.matrixLayout(CudaDataType.R_64F, 1, 1, 1)) {
      MatmulAlgorithm algorithm = MatmulAlgorithm.parse("0f".repeat(64), 0);
      fake.calls.clear();
      Matmul matmul = new Matmul(desc, a, a, a, a);
      lt.matmul(1, matmul, 0.1, 2, 3, 0.2, 4, 5, algorithm, Workspace.NONE, 6);
      assertEquals(
          List.of("MATMUL 1 100 double 0.1 2 101 3 101 double 0.2 4 101 5 101 0f0f 0 0 6"),
          fake.calls);
    }
  }

  @Test
  void namesWhatFailed() {
    MatmulDesc desc = lt.matmulDesc(ComputeType.COMPUTE_32F, CudaDataType.R_32F);
    MatrixLayout a = lt.matrixLayout(CudaDataType.R_32F, 2, 3, 2);
    MatmulPreference preference = lt.matmulPreference();
    desc.transpose(false, true).epilogue(Epilogue.RELU);
    Matmul matmul = new Matmul(desc, a, a, a, a);
    fake.answers.put(LtFunction.MATMUL, 13);
    CublasException e =
        assertThrows(
            CublasException.class,
            () ->
                lt.matmul(
                    1,
                    matmul,
                    1,
                    1,
                    1,
                    0,
                    1,
                    1,
                    MatmulAlgorithm.parse("00".repeat(64), 0),
                    Workspace.NONE,
                    0));
    assertEquals(13, e.status());
    assertEquals(
        "matmul nt COMPUTE_32F RELU of A R_32F [2 x 3, ld 2], B R_32F [2 x 3, ld 2], D R_32F"
            + " [2 x 3, ld 2]: cublasLtMatmul answered CUBLAS_STATUS_EXECUTION_FAILED (13)",
        e.getMessage());

    fake.answers.put(LtFunction.HEURISTIC, 15);
    assertEquals(List.of(), lt.heuristic(1, matmul, preference, 4), "not supported is no error");
    fake.answers.put(LtFunction.HEURISTIC, 1);
    e = assertThrows(CublasException.class, () -> lt.heuristic(1, matmul, preference, 4));
    assertTrue(e.getMessage().endsWith("answered CUBLAS_STATUS_NOT_INITIALIZED (1)"));

    fake.answers.put(LtFunction.DESC_SET, 7);
    e = assertThrows(CublasException.class, () -> desc.epilogue(Epilogue.GELU));
    assertEquals(
        "matmul nt COMPUTE_32F RELU EPILOGUE: cublasLtMatmulDescSetAttribute answered"
            + " CUBLAS_STATUS_INVALID_VALUE (7)",
        e.getMessage());
    fake.answers.put(LtFunction.LAYOUT_CREATE, 3);
    e = assertThrows(CublasException.class, () -> lt.matrixLayout(CudaDataType.R_64F, 1, 1, 1));
    assertEquals(
        "R_64F [1 x 1, ld 1]: cublasLtMatrixLayoutCreate answered CUBLAS_STATUS_ALLOC_FAILED (3)",
        e.getMessage());
    assertEquals("unknown cuBLAS status 4", Status.describe(4));
  }

  @Test
  void refusesWhatIsClosed() {
    MatrixLayout a = lt.matrixLayout(CudaDataType.R_32F, 2, 3, 2);
    MatmulDesc desc = lt.matmulDesc(ComputeType.COMPUTE_32F, CudaDataType.R_32F);
    MatmulPreference preference = lt.matmulPreference();
    a.close();
    Matmul matmul = new Matmul(desc, a, a, a, a);
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> lt.heuristic(1, matmul, preference, 1));
    assertEquals("R_32F [2 x 3, ld 2] is closed", e.getMessage());
  }

  @Test
  void refusesWhatCannotBe() {
    assertThrows(
        IllegalArgumentException.class, () -> lt.matrixLayout(CudaDataType.R_32F, 2, 3, 1));
    assertThrows(
        IllegalArgumentException.class, () -> lt.matrixLayout(CudaDataType.R_32F, 0, 3, 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> lt.matmulDesc(ComputeType.COMPUTE_32F, CudaDataType.R_16BF));
    assertThrows(IllegalArgumentException.class, () -> new Workspace(128, 1));
    assertThrows(IllegalArgumentException.class, () -> new Workspace(0, -1));
    assertThrows(IllegalArgumentException.class, () -> MatmulAlgorithm.parse("00", 0));
    try (MatrixLayout a = lt.matrixLayout(CudaDataType.R_32F, 2, 3, 2)) {
      assertEquals("R_32F [2 x 3, ld 2]", a.toString());
      assertEquals(-1, fake.calls.indexOf("LAYOUT_SET"));
    }
  }
}
