package dev.lamina.suite;

import dev.lamina.op.Gemm;
import dev.lamina.op.GemmActivateGradient;
import dev.lamina.op.GemmBiasGradient;
import dev.lamina.op.Op;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects cases. */
final class CaseList {
  /** Finite differences are taken for inputs of up to so many elements. */
  private static final long GRADIENT_LIMIT = 1000;

  /** The types that arithmetic is done in. */
  static final List<DType> FLOATING = List.of(DType.FP32, DType.FP64, DType.BF16);

  /** The types of losses and parameters. */
  static final List<DType> FULL = List.of(DType.FP32, DType.FP64);

  /** Whether an operation is a matrix product, whatever is done before and after. */
  static boolean isProduct(Op op) {
    return op instanceof Gemm
        || op instanceof GemmActivateGradient
        || op instanceof GemmBiasGradient;
  }

  /** By what they print, so that none is there twice. */
  private final Map<String, OpCase> cases = new LinkedHashMap<>();

  /** Adds a case without a gradient. */
  void add(Op op, DType dtype, List<TensorType> types, List<Sampler> samplers) {
    put(new OpCase(op, dtype, types, samplers, false));
  }

  /** Adds a case whose gradient is checked too where it is in FP64 and small enough. */
  void addSmooth(Op op, DType dtype, List<TensorType> types, List<Sampler> samplers) {
    OpCase plain = new OpCase(op, dtype, types, samplers, false);
    boolean check = dtype == DType.FP64 && plain.inputSize() <= GRADIENT_LIMIT;
    put(new OpCase(op, dtype, types, samplers, check));
  }

  private void put(OpCase added) {
    cases.merge(added.toString(), added, (a, b) -> a.differentiated() ? a : b);
  }

  List<OpCase> cases() {
    return List.copyOf(cases.values());
  }
}
