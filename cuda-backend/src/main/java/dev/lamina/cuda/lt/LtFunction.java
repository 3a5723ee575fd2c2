package dev.lamina.cuda.lt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;

/** cuBLASLt's functions and their arguments. Handles and device addresses are plain numbers. */
enum LtFunction {
  GET_VERSION("cublasLtGetVersion", FunctionDescriptor.of(JAVA_LONG)),
  CREATE("cublasLtCreate", status(ADDRESS)),
  DESTROY("cublasLtDestroy", status(JAVA_LONG)),
  DESC_CREATE("cublasLtMatmulDescCreate", status(ADDRESS, JAVA_INT, JAVA_INT)),
  DESC_DESTROY("cublasLtMatmulDescDestroy", status(JAVA_LONG)),
  DESC_SET("cublasLtMatmulDescSetAttribute", status(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG)),
  LAYOUT_CREATE(
      "cublasLtMatrixLayoutCreate", status(ADDRESS, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG)),
  LAYOUT_DESTROY("cublasLtMatrixLayoutDestroy", status(JAVA_LONG)),
  LAYOUT_SET("cublasLtMatrixLayoutSetAttribute", status(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG)),
  PREFERENCE_CREATE("cublasLtMatmulPreferenceCreate", status(ADDRESS)),
  PREFERENCE_DESTROY("cublasLtMatmulPreferenceDestroy", status(JAVA_LONG)),
  PREFERENCE_SET(
      "cublasLtMatmulPreferenceSetAttribute", status(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG)),
  HEURISTIC(
      "cublasLtMatmulAlgoGetHeuristic",
      status(
          JAVA_LONG, // handle
          JAVA_LONG, // operation
          JAVA_LONG, // A
          JAVA_LONG, // B
          JAVA_LONG, // C
          JAVA_LONG, // D
          JAVA_LONG, // preference
          JAVA_INT, // wanted
          ADDRESS, // results
          ADDRESS)), // how many came
  MATMUL(
      "cublasLtMatmul",
      status(
          JAVA_LONG, // handle
          JAVA_LONG, // operation
          ADDRESS, // alpha
          JAVA_LONG, // A
          JAVA_LONG, // its layout
          JAVA_LONG, // B
          JAVA_LONG, // its layout
          ADDRESS, // beta
          JAVA_LONG, // C
          JAVA_LONG, // its layout
          JAVA_LONG, // D
          JAVA_LONG, // its layout
          ADDRESS, // algorithm
          JAVA_LONG, // workspace
          JAVA_LONG, // its size
          JAVA_LONG)); // stream

  private final String symbol;
  private final FunctionDescriptor descriptor;

  LtFunction(String symbol, FunctionDescriptor descriptor) {
    this.symbol = symbol;
    this.descriptor = descriptor;
  }

  private static FunctionDescriptor status(MemoryLayout... arguments) {
    return FunctionDescriptor.of(JAVA_INT, arguments);
  }

  String symbol() {
    return symbol;
  }

  FunctionDescriptor descriptor() {
    return descriptor;
  }
}
