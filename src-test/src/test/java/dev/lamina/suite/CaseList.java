package dev.lamina.suite;

import dev.lamina.op.Op;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Collects cases. */
final class CaseList {
  /** Finite differences are taken for inputs of up to so many elements. */
  private static final long GRADIENT_LIMIT = 1000;

  /** The types that arithmetic is done in. */
  static final List<DType> FLOATING = List.of(DType.FP32, DType.FP64);

  private final List<OpCase> cases = new ArrayList<>();

  /** Adds a case without a gradient. */
  void add(Op op, DType dtype, List<TensorType> types, List<Sampler> samplers) {
    cases.add(new OpCase(op, dtype, types, samplers, false));
  }

  /** Adds a case whose gradient is checked too where it is in FP64 and small enough. */
  void addSmooth(Op op, DType dtype, List<TensorType> types, List<Sampler> samplers) {
    OpCase plain = new OpCase(op, dtype, types, samplers, false);
    boolean check = dtype == DType.FP64 && plain.inputSize() <= GRADIENT_LIMIT;
    cases.add(new OpCase(op, dtype, types, samplers, check));
  }

  List<OpCase> cases() {
    return List.copyOf(cases);
  }
}
