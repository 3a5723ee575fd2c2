package dev.lamina.cuda.lt;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.lamina.LaminaException;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * cuBLASLt's functions, bound to a loaded library. One thread at a time may use it and what it
 * made.
 *
 * <pre>{@code
 * CublasLt lt = CublasLt.bind(loaded.cublasLt());
 * try (MatmulDesc desc = lt.matmulDesc(ComputeType.COMPUTE_32F, CudaDataType.R_32F);
 *     MatrixLayout a = lt.matrixLayout(CudaDataType.R_16BF, m, k, m); ...
 *     MatmulPreference preference = lt.matmulPreference()) {
 *   desc.epilogue(Epilogue.RELU_BIAS).biasPointer(bias);
 *   preference.maxWorkspaceBytes(workspace.bytes());
 *   Matmul matmul = new Matmul(desc, a, b, d, d);
 *   MatmulAlgorithm algorithm = lt.heuristic(handle, matmul, preference, 16).getFirst();
 *   lt.matmul(handle, matmul, 1, aAddress, bAddress, 0, dAddress, dAddress,
 *       algorithm, workspace, stream);
 * }
 * }</pre>
 */
public final class CublasLt {
  /** The functions that are used, by their names in the library. */
  public static final List<String> FUNCTIONS =
      Arrays.stream(LtFunction.values()).map(LtFunction::symbol).toList();

  private final Map<LtFunction, MethodHandle> functions = new EnumMap<>(LtFunction.class);

  @SuppressWarnings("restricted") // calling native code is what this class is for
  private CublasLt(SymbolLookup symbols) {
    for (LtFunction function : LtFunction.values()) {
      MemorySegment address =
          symbols
              .find(function.symbol())
              .orElseThrow(
                  () ->
                      new LaminaException(
                          "the cuBLASLt library lacks "
                              + function.symbol()
                              + "; install cuBLAS 12.0 or newer"));
      functions.put(function, Linker.nativeLinker().downcallHandle(address, function.descriptor()));
    }
  }

  /**
   * Binds every function.
   *
   * @throws LaminaException if the library lacks one
   */
  public static CublasLt bind(SymbolLookup library) {
    return new CublasLt(library);
  }

  /** The library's version: 10000 · major + 100 · minor + patch. */
  public long version() {
    try {
      return (long) functions.get(LtFunction.GET_VERSION).invokeExact();
    } catch (Throwable e) {
      throw unexpected(LtFunction.GET_VERSION, e);
    }
  }

  /** A handle of its own, for the current CUDA context. */
  public LtHandle handle() {
    return new LtHandle(this, create(LtFunction.CREATE, "handle"));
  }

  /**
   * Describes a product.
   *
   * @param computeType how it is summed
   * @param scaleType type of alpha and beta: {@link CudaDataType#R_32F} or {@link
   *     CudaDataType#R_64F}
   */
  public MatmulDesc matmulDesc(ComputeType computeType, CudaDataType scaleType) {
    return new MatmulDesc(this, computeType, scaleType);
  }

  /**
   * Describes a column-major matrix.
   *
   * @param leadingDimension elements from one column to the next, at least {@code rows}
   */
  public MatrixLayout matrixLayout(
      CudaDataType type, long rows, long columns, long leadingDimension) {
    return new MatrixLayout(this, type, rows, columns, leadingDimension);
  }

  /** What to ask of an algorithm. */
  public MatmulPreference matmulPreference() {
    return new MatmulPreference(this, create(LtFunction.PREFERENCE_CREATE, "preference"));
  }

  /**
   * Algorithms for a product, the one that should be fastest first. Pointers in the description
   * must be set before.
   *
   * @param handle the address of a {@link LtHandle}, or of a cuBLAS handle
   * @param wanted how many at most
   * @return none if the product is not supported as it is described
   */
  public List<MatmulAlgorithm> heuristic(
      long handle, Matmul matmul, MatmulPreference preference, int wanted) {
    if (wanted < 1) {
      throw new IllegalArgumentException("expected at least 1 algorithm wanted, got " + wanted);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment results = arena.allocate(MatmulAlgorithm.RESULT, wanted);
      MemorySegment count = arena.allocate(JAVA_INT);
      int status =
          (int)
              functions
                  .get(LtFunction.HEURISTIC)
                  .invokeExact(
                      handle,
                      matmul.desc().address(),
                      matmul.a().address(),
                      matmul.b().address(),
                      matmul.c().address(),
                      matmul.d().address(),
                      preference.address(),
                      wanted,
                      results,
                      count);
      if (status == Status.NOT_SUPPORTED.value()) {
        return List.of();
      }
      check(LtFunction.HEURISTIC, matmul, status);
      int returned = Math.clamp(count.get(JAVA_INT, 0), 0, wanted);
      List<MatmulAlgorithm> algorithms = new ArrayList<>();
      for (int i = 0; i < returned; i++) {
        MatmulAlgorithm algorithm =
            MatmulAlgorithm.of(
                results.asSlice(
                    i * MatmulAlgorithm.RESULT.byteSize(), MatmulAlgorithm.RESULT.byteSize()));
        if (algorithm.status() == Status.SUCCESS.value()) {
          algorithms.add(algorithm);
        }
      }
      return List.copyOf(algorithms);
    } catch (LaminaException | IllegalStateException e) {
      throw e;
    } catch (Throwable e) {
      throw unexpected(LtFunction.HEURISTIC, e);
    }
  }

  /**
   * Starts D = epilogue(alpha · op(A) · op(B) + beta · C) on a stream.
   *
   * @param handle the address of a {@link LtHandle}, or of a cuBLAS handle
   * @param a device address of A, and so on; C may be D
   * @param stream the address of a CUDA stream, 0 for the default one
   */
  public void matmul(
      long handle,
      Matmul matmul,
      double alpha,
      long a,
      long b,
      double beta,
      long c,
      long d,
      MatmulAlgorithm algorithm,
      Workspace workspace,
      long stream) {
    if (workspace.bytes() < algorithm.workspaceBytes()) {
      throw new IllegalArgumentException(
          matmul
              + ": the algorithm needs a workspace of "
              + algorithm.workspaceBytes()
              + " bytes, got "
              + workspace.bytes());
    }
    MatmulDesc desc = matmul.desc();
    try (Arena arena = Arena.ofConfined()) {
      int status =
          (int)
              functions
                  .get(LtFunction.MATMUL)
                  .invokeExact(
                      handle,
                      desc.address(),
                      desc.scalar(arena, alpha),
                      a,
                      matmul.a().address(),
                      b,
                      matmul.b().address(),
                      desc.scalar(arena, beta),
                      c,
                      matmul.c().address(),
                      d,
                      matmul.d().address(),
                      algorithm.segment(arena),
                      workspace.address(),
                      workspace.bytes(),
                      stream);
      check(LtFunction.MATMUL, matmul, status);
    } catch (LaminaException | IllegalStateException e) {
      throw e;
    } catch (Throwable e) {
      throw unexpected(LtFunction.MATMUL, e);
    }
  }

  /** Calls a function that answers a new object by its first argument. */
  long create(LtFunction function, Object what, long... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      MethodHandle handle = functions.get(function);
      int status =
          switch (function) {
            case DESC_CREATE ->
                (int) handle.invokeExact(out, (int) arguments[0], (int) arguments[1]);
            case LAYOUT_CREATE ->
                (int)
                    handle.invokeExact(
                        out, (int) arguments[0], arguments[1], arguments[2], arguments[3]);
            default -> (int) handle.invokeExact(out);
          };
      check(function, what, status);
      return out.get(JAVA_LONG, 0);
    } catch (LaminaException e) {
      throw e;
    } catch (Throwable e) {
      throw unexpected(function, e);
    }
  }

  void destroy(LtFunction function, Object what, long address) {
    int status;
    try {
      status = (int) functions.get(function).invokeExact(address);
    } catch (Throwable e) {
      throw unexpected(function, e);
    }
    check(function, what, status);
  }

  void setAttribute(
      LtFunction function, long address, Attribute attribute, MemorySegment value, Object what) {
    int status;
    try {
      status =
          (int)
              functions
                  .get(function)
                  .invokeExact(address, attribute.value(), value, value.byteSize());
    } catch (Throwable e) {
      throw unexpected(function, e);
    }
    check(function, what + " " + attribute, status);
  }

  private static void check(LtFunction function, Object what, int status) {
    if (status != Status.SUCCESS.value()) {
      throw new CublasException(function.symbol(), what.toString(), status);
    }
  }

  private static AssertionError unexpected(LtFunction function, Throwable e) {
    return new AssertionError(function.symbol() + " cannot be called", e);
  }
}
