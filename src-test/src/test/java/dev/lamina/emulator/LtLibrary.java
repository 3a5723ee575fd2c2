package dev.lamina.emulator;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Arrays;

/** cuBLASLt's functions as the emulator's own tests call them: thin, unchecked. */
@SuppressWarnings("restricted")
final class LtLibrary implements AutoCloseable {

  static final int TRANSPOSE_A = 3;
  static final int TRANSPOSE_B = 4;
  static final int EPILOGUE = 7;
  static final int BIAS_POINTER = 8;
  static final int AUX_POINTER = 11;
  static final int AUX_STRIDE = 12;

  private final Arena arena = Arena.ofConfined();
  private final SymbolLookup symbols;
  private final MemorySegment handle;

  LtLibrary(Path folder) {
    symbols = SymbolLookup.libraryLookup(folder.resolve("libcublasLt.so.12"), arena);
    handle = create("cublasLtCreate");
  }

  int call(String function, Object... arguments) {
    MemoryLayout[] types =
        Arrays.stream(arguments)
            .map(a ->
                switch (a) {
                  case Integer i -> (MemoryLayout) JAVA_INT;
                  case Long l -> JAVA_LONG;
                  case MemorySegment s -> ADDRESS;
                  default -> throw new IllegalArgumentException(a.toString());
                })
            .toArray(MemoryLayout[]::new);
    MethodHandle method =
        Linker.nativeLinker()
            .downcallHandle(symbols.findOrThrow(function), FunctionDescriptor.of(JAVA_INT, types));
    try {
      return (int) method.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private void succeed(String function, Object... arguments) {
    int status = call(function, arguments);
    if (status != 0) {
      throw new IllegalStateException(function + " answered " + status);
    }
  }

  /** Calls a function whose first argument is where it puts what it creates. */
  private MemorySegment create(String function, Object... arguments) {
    MemorySegment out = arena.allocate(ADDRESS);
    Object[] all = new Object[arguments.length + 1];
    all[0] = out;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    succeed(function, all);
    return out.get(ADDRESS, 0);
  }

  MemorySegment descriptor(int computeType) {
    return create("cublasLtMatmulDescCreate", computeType, 0);
  }

  MemorySegment set(MemorySegment descriptor, int attribute, int value) {
    MemorySegment v = arena.allocateFrom(JAVA_INT, value);
    succeed("cublasLtMatmulDescSetAttribute", descriptor, attribute, v, 4L);
    return descriptor;
  }

  MemorySegment set(MemorySegment descriptor, int attribute, long value) {
    MemorySegment v = arena.allocateFrom(JAVA_LONG, value);
    succeed("cublasLtMatmulDescSetAttribute", descriptor, attribute, v, 8L);
    return descriptor;
  }

  MemorySegment layout(int type, long rows, long columns, long stride) {
    return create("cublasLtMatrixLayoutCreate", type, rows, columns, stride);
  }

  /** Status, and in {@code results} what the heuristic offers; their number in its first value. */
  record Heuristic(int status, int count, MemorySegment results) {

    MemorySegment algorithm(int i) {
      return results.asSlice(96L * i, 64);
    }

    long workspace(int i) {
      return results.get(JAVA_LONG, 96L * i + 64);
    }
  }

  Heuristic heuristic(MemorySegment descriptor, MemorySegment[] layouts, long maxWorkspace) {
    MemorySegment preference = create("cublasLtMatmulPreferenceCreate");
    MemorySegment v = arena.allocateFrom(JAVA_LONG, maxWorkspace);
    succeed("cublasLtMatmulPreferenceSetAttribute", preference, 1, v, 8L);
    MemorySegment results = arena.allocate(96 * 16, 8);
    MemorySegment count = arena.allocate(JAVA_INT);
    int status =
        call(
            "cublasLtMatmulAlgoGetHeuristic",
            handle,
            descriptor,
            layouts[0],
            layouts[1],
            layouts[2],
            layouts[3],
            preference,
            16,
            results,
            count);
    succeed("cublasLtMatmulPreferenceDestroy", preference);
    return new Heuristic(status, count.get(JAVA_INT, 0), results);
  }

  /** Operands and layouts are A, B, C, D; the workspace may be null, as may the algorithm. */
  int multiply(
      MemorySegment descriptor,
      float alpha,
      float beta,
      long[] operands,
      MemorySegment[] layouts,
      MemorySegment algorithm,
      long workspace,
      long workspaceBytes,
      long stream) {
    return call(
        "cublasLtMatmul",
        handle,
        descriptor,
        arena.allocateFrom(JAVA_FLOAT, alpha),
        MemorySegment.ofAddress(operands[0]),
        layouts[0],
        MemorySegment.ofAddress(operands[1]),
        layouts[1],
        arena.allocateFrom(JAVA_FLOAT, beta),
        MemorySegment.ofAddress(operands[2]),
        layouts[2],
        MemorySegment.ofAddress(operands[3]),
        layouts[3],
        algorithm,
        MemorySegment.ofAddress(workspace),
        workspaceBytes,
        MemorySegment.ofAddress(stream));
  }

  @Override
  public void close() {
    succeed("cublasLtDestroy", handle);
    arena.close();
  }
}
