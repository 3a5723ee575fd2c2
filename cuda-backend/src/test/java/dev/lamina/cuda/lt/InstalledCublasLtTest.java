package dev.lamina.cuda.lt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cuda.natives.CHeader;
import dev.lamina.cuda.natives.InstalledCuda;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import jcuda.cudaDataType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The binding against NVIDIA's own cuBLASLt 13, which describes products without a GPU. */
@SuppressWarnings("restricted")
class InstalledCublasLtTest {
  private final Arena arena = Arena.ofConfined();
  private SymbolLookup symbols;
  private CublasLt lt;

  @BeforeEach
  void bind() {
    symbols = SymbolLookup.libraryLookup(InstalledCuda.libraryOrSkip("libcublasLt.so.13"), arena);
    lt = CublasLt.bind(symbols);
  }

  @AfterEach
  void close() {
    arena.close();
  }

  @Test
  void isTheVersionThatTheBackendTells() {
    assertEquals(13, lt.version() / 10000, () -> "version " + lt.version());
  }

  /** What the library holds for an attribute, which it must hold in so many bytes. */
  private long get(String function, NativeObject object, Attribute attribute) {
    MemorySegment value = arena.allocate(8, 8);
    MemorySegment written = arena.allocate(JAVA_LONG);
    try {
      int status =
          (int)
              Linker.nativeLinker()
                  .downcallHandle(
                      symbols.findOrThrow(function),
                      FunctionDescriptor.of(
                          JAVA_INT, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS))
                  .invokeExact(
                      object.address(),
                      attribute.value(),
                      value,
                      (long) attribute.bytes(),
                      written);
      assertEquals(0, status, attribute::toString);
    } catch (Throwable e) {
      throw new AssertionError(attribute.toString(), e);
    }
    assertEquals(attribute.bytes(), written.get(JAVA_LONG, 0), attribute::toString);
    return attribute.bytes() == 4 ? value.get(JAVA_INT, 0) : value.get(JAVA_LONG, 0);
  }

  /** Sets every attribute and reads it again; in another size it must be refused. */
  private void roundTrips(
      LtFunction set, String get, NativeObject object, List<? extends Attribute> attributes) {
    for (Attribute attribute : attributes) {
      long value = attribute.bytes() == 4 ? 1 : 1L << 33;
      object.set(set, attribute, value);
      assertEquals(value, get(get, object, attribute), attribute::toString);
      MemorySegment other = arena.allocate(12 - attribute.bytes(), 8);
      CublasException refused =
          assertThrows(
              CublasException.class,
              () -> lt.setAttribute(set, object.address(), attribute, other, "other size"),
              attribute::toString);
      assertEquals(Status.INVALID_VALUE.value(), refused.status());
    }
  }

  @Test
  void everyAttributeIsReadAsItWasSet() {
    try (MatmulDesc desc = lt.matmulDesc(ComputeType.COMPUTE_32F, CudaDataType.R_32F);
        MatrixLayout layout = lt.matrixLayout(CudaDataType.R_16BF, 5, 7, 8);
        MatmulPreference preference = lt.matmulPreference()) {
      String get = "cublasLtMatrixLayoutGetAttribute";
      assertEquals(14, get(get, layout, MatrixLayoutAttribute.TYPE));
      assertEquals(5, get(get, layout, MatrixLayoutAttribute.ROWS));
      assertEquals(7, get(get, layout, MatrixLayoutAttribute.COLS));
      assertEquals(8, get(get, layout, MatrixLayoutAttribute.LD));
      roundTrips(LtFunction.LAYOUT_SET, get, layout, List.of(MatrixLayoutAttribute.values()));
      roundTrips(
          LtFunction.DESC_SET,
          "cublasLtMatmulDescGetAttribute",
          desc,
          List.of(MatmulDescAttribute.values()));
      roundTrips(
          LtFunction.PREFERENCE_SET,
          "cublasLtMatmulPreferenceGetAttribute",
          preference,
          List.of(MatmulPreferenceAttribute.values()));
    }
  }

  @Test
  void everyEnumeratorIsTakenForADescription() {
    String get = "cublasLtMatmulDescGetAttribute";
    for (ComputeType type : ComputeType.values()) {
      CudaDataType scale =
          type == ComputeType.COMPUTE_64F ? CudaDataType.R_64F : CudaDataType.R_32F;
      try (MatmulDesc desc = lt.matmulDesc(type, scale)) {
        assertEquals(type.value(), get(get, desc, MatmulDescAttribute.COMPUTE_TYPE));
        assertEquals(scale.value(), get(get, desc, MatmulDescAttribute.SCALE_TYPE));
        for (Epilogue epilogue : Epilogue.values()) {
          desc.epilogue(epilogue);
          assertEquals(epilogue.value(), get(get, desc, MatmulDescAttribute.EPILOGUE));
        }
      }
    }
    for (CudaDataType type : CudaDataType.values()) {
      try (MatrixLayout layout = lt.matrixLayout(type, 2, 3, 4)) {
        assertEquals(
            type.value(),
            get("cublasLtMatrixLayoutGetAttribute", layout, MatrixLayoutAttribute.TYPE));
      }
    }
  }

  private static <E extends Enum<E>> void sameNumbers(
      CHeader header, String prefix, ToIntFunction<E> value, E[] all) {
    List<String> wrong = new ArrayList<>();
    for (E one : all) {
      Integer expected = header.get(prefix + one);
      if (expected == null || expected != value.applyAsInt(one)) {
        wrong.add(prefix + one + " is " + expected + ", not " + value.applyAsInt(one));
      }
    }
    assertEquals(List.of(), wrong);
  }

  private static CHeader header() throws IOException {
    return new CHeader(
        InstalledCuda.headerOrSkip("cublas_api.h"), InstalledCuda.headerOrSkip("cublasLt.h"));
  }

  /** By the headers that were installed with the libraries, and for data types by JCuda's. */
  @Test
  void everyNumberIsThatOfTheHeader() throws IOException {
    CHeader header = header();
    assertTrue(header.size() > 300, () -> header.size() + " names");
    String lt = "CUBLASLT_";
    sameNumbers(header, lt + "EPILOGUE_", Epilogue::value, Epilogue.values());
    sameNumbers(header, lt + "REDUCTION_SCHEME_", ReductionScheme::value, ReductionScheme.values());
    sameNumbers(
        header, lt + "MATMUL_DESC_", MatmulDescAttribute::value, MatmulDescAttribute.values());
    sameNumbers(
        header,
        lt + "MATRIX_LAYOUT_",
        MatrixLayoutAttribute::value,
        MatrixLayoutAttribute.values());
    sameNumbers(
        header,
        lt + "MATMUL_PREF_",
        MatmulPreferenceAttribute::value,
        MatmulPreferenceAttribute.values());
    sameNumbers(header, "CUBLAS_STATUS_", Status::value, Status.values());
    sameNumbers(header, "CUBLAS_", ComputeType::value, ComputeType.values());
    for (CudaDataType type : CudaDataType.values()) {
      assertEquals("CUDA_" + type, cudaDataType.stringFor(type.value()));
    }
  }

  @Test
  void everyFunctionIsBoundAsTheHeaderDeclaresIt() throws IOException {
    CHeader header = header();
    for (LtFunction function : LtFunction.values()) {
      assertEquals(
          header.sizes(function.symbol()), CHeader.sizes(function.descriptor()), function::symbol);
    }
    assertTrue(header.contains("typedef struct { uint64_t data[8]; } cublasLtMatmulAlgo_t;"));
    assertTrue(
        header.contains(
            "typedef struct { cublasLtMatmulAlgo_t algo; size_t workspaceSize;"
                + " cublasStatus_t state; float wavesCount; int reserved[4];"
                + " } cublasLtMatmulHeuristicResult_t;"));
    assertEquals(
        "[[8:j8](algo)j8(workspaceSize)i4(state)f4(wavesCount)[4:i4](reserved)]",
        MatmulAlgorithm.RESULT.toString());
  }

  @Test
  void itsNamesOfStatusesAreOurs() throws Throwable {
    for (Status status : Status.values()) {
      MemorySegment name =
          (MemorySegment)
              Linker.nativeLinker()
                  .downcallHandle(
                      symbols.findOrThrow("cublasLtGetStatusName"),
                      FunctionDescriptor.of(ADDRESS, JAVA_INT))
                  .invokeExact(status.value());
      assertEquals(
          Status.describe(status.value()),
          name.reinterpret(100).getString(0) + " (" + status.value() + ")");
    }
  }

  /** Without a GPU there is no handle, but the answer is the one that is documented. */
  @Test
  void asksForAlgorithmsInItsOwnOrderOfArguments() {
    try (MatmulDesc desc = lt.matmulDesc(ComputeType.COMPUTE_32F, CudaDataType.R_32F);
        MatrixLayout a = lt.matrixLayout(CudaDataType.R_32F, 4, 4, 4);
        MatmulPreference preference = lt.matmulPreference()) {
      Matmul matmul = new Matmul(desc, a, a, a, a);
      CublasException none =
          assertThrows(CublasException.class, () -> lt.heuristic(0, matmul, preference, 4));
      assertEquals(Status.NOT_INITIALIZED.value(), none.status());
    }
  }
}
