package dev.lamina.suite;

import dev.lamina.op.Activation;
import dev.lamina.op.Gemm;
import dev.lamina.op.GemmActivateGradient;
import dev.lamina.op.GemmBiasGradient;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Matrix products in every form. */
final class GemmCases {
  private static final boolean[] BOTH = {false, true};

  /** m, n, k. */
  private static final int[][] SHAPES = {
    {1, 1, 1},
    {1, 1, 207},
    {1, 13, 1},
    {13, 1, 1},
    {1, 64, 64},
    {64, 1, 64},
    {2, 2, 2},
    {2, 207, 13},
    {13, 13, 13},
    {13, 2, 207},
    {13, 64, 1000},
    {64, 64, 64},
    {64, 13, 207},
    {207, 2, 64},
    {207, 207, 1},
    {207, 64, 13},
    {207, 207, 207},
    {1, 1000, 207},
    {1000, 1, 207},
    {13, 1000, 2},
    {64, 10, 1000},
    {70, 130, 784},
    {1, 1, 4097},
    {3, 5, 4097},
    {300, 517, 33}
  };

  private static final int[][] FEW_SHAPES = {
    {1, 1, 1}, {7, 9, 3}, {13, 2, 64}, {2, 13, 207}, {17, 33, 5}
  };

  private GemmCases() {}

  static void addTo(CaseList list) {
    for (DType dtype : CaseList.FLOATING) {
      for (boolean ta : BOTH) {
        for (boolean tb : BOTH) {
          for (int[] s : SHAPES) {
            add(list, dtype, Gemm.of(ta, tb), s);
            if ((long) s[0] * s[1] * s[2] <= 1_000_000) {
              add(list, dtype, Gemm.of(ta, tb).scaled(1, 1), s);
              add(list, dtype, Gemm.of(ta, tb).withBias().with(Activation.RELU), s);
            }
          }
          // A layer's forward pass, weight gradient and input gradient, over several blocks.
          add(
              list,
              dtype,
              Gemm.of(ta, tb).scaled(1, 0.5).withBias().with(Activation.RELU),
              new int[] {207, 130, 64});
          attributes(list, dtype, ta, tb);
          special(list, dtype, ta, tb);
        }
      }
      if (dtype == DType.BF16) {
        wide(list);
      }
      for (Activation activation : Activation.values()) {
        for (boolean bias : BOTH) {
          fused(list, dtype, new GemmActivateGradient(activation, bias));
        }
      }
      biasGradient(list, dtype, new GemmBiasGradient(false));
      if (dtype == DType.BF16) {
        biasGradient(list, dtype, new GemmBiasGradient(true));
      }
      preactivation(list, dtype);
    }
  }

  /** Products of BF16 whose result stays in FP32: weight gradients. */
  private static void wide(CaseList list) {
    for (boolean ta : BOTH) {
      for (boolean tb : BOTH) {
        for (int[] s : SHAPES) {
          add(list, DType.BF16, Gemm.of(ta, tb).widened(), s);
        }
        for (int[] s : FEW_SHAPES) {
          for (Activation activation : Activation.values()) {
            Gemm op = Gemm.of(ta, tb).widened().scaled(-0.5, 0.25).with(activation);
            add(list, DType.BF16, op, s);
            add(list, DType.BF16, op.withBias(), s);
          }
        }
      }
    }
  }

  private static void attributes(CaseList list, DType dtype, boolean ta, boolean tb) {
    for (double alpha : new double[] {1, -0.5}) {
      for (double beta : new double[] {0, 1, 0.25}) {
        for (boolean bias : BOTH) {
          for (Activation activation : Activation.values()) {
            for (int[] s : FEW_SHAPES) {
              add(
                  list,
                  dtype,
                  Gemm.of(ta, tb).scaled(alpha, beta).withBias(bias).with(activation),
                  s);
            }
          }
        }
      }
    }
  }

  private static void add(CaseList list, DType dtype, Gemm op, int[] mnk) {
    List<TensorType> types = types(op, dtype, mnk);
    List<Sampler> samplers = new ArrayList<>(Collections.nCopies(types.size(), Samplers.NORMAL));
    boolean kink = op.activation() == Activation.RELU;
    if (kink) {
      // One sign for each row of op(A) · op(B) + C + b would hide errors; a kink hit by a finite
      // difference would invent them. So RELU's gradient is checked on the fused form apart.
      list.add(op, dtype, types, samplers);
    } else {
      list.addSmooth(op, dtype, types, samplers);
    }
    if (kink && mnk[0] * mnk[1] * mnk[2] <= 2000) {
      // Large biases: pre-activations far from 0 on both sides.
      if (op.bias()) {
        samplers.set(2, Sampler.each("far", r -> (r.nextBoolean() ? 1 : -1) * 500.0));
        list.addSmooth(op, dtype, types, samplers);
      }
    }
  }

  private static List<TensorType> types(Gemm op, DType dtype, int[] mnk) {
    int m = mnk[0];
    int n = mnk[1];
    int k = mnk[2];
    List<TensorType> types = new ArrayList<>();
    types.add(op.transposeA() ? TensorType.of(dtype, k, m) : TensorType.of(dtype, m, k));
    types.add(op.transposeB() ? TensorType.of(dtype, n, k) : TensorType.of(dtype, k, n));
    DType result = op.wide() ? DType.FP32 : dtype;
    if (op.bias()) {
      types.add(TensorType.of(result, n));
    }
    if (op.beta() != 0) {
      types.add(TensorType.of(result, m, n));
    }
    return types;
  }

  private static void special(CaseList list, DType dtype, boolean ta, boolean tb) {
    for (Activation activation : Activation.values()) {
      Gemm op = Gemm.of(ta, tb).scaled(1, 0.5).withBias().with(activation);
      for (int[] s : new int[][] {{13, 13, 2}, {64, 17, 5}}) {
        List<TensorType> types = types(op, dtype, s);
        for (int i = 0; i < types.size(); i++) {
          List<Sampler> samplers =
              new ArrayList<>(Collections.nCopies(types.size(), Samplers.NORMAL));
          samplers.set(i, Samplers.SPECIAL_TERMS);
          list.add(op, dtype, types, samplers);
        }
      }
    }
  }

  /** Products with two results: of layers whose backward pass takes the pre-activation. */
  private static void preactivation(CaseList list, DType dtype) {
    for (int[] s : SHAPES) {
      Gemm op = Gemm.of(false, true).withBias().with(Activation.GELU).withPreactivation();
      add(list, dtype, op, s);
    }
    for (Activation activation : Activation.values()) {
      for (int[] s : FEW_SHAPES) {
        Gemm op = Gemm.of(true, false).with(activation).withPreactivation();
        add(list, dtype, op, s);
        add(list, dtype, op.scaled(-0.5, 0.25), s);
        add(list, dtype, op.scaled(2, 1).withBias(), s);
        if (dtype == DType.BF16) {
          add(list, dtype, Gemm.of(false, true).widened().with(activation).withPreactivation(), s);
        }
      }
    }
  }

  private static void biasGradient(CaseList list, DType dtype, GemmBiasGradient op) {
    for (int[] s : SHAPES) {
      biasGradient(list, dtype, op, Samplers.NORMAL, s);
    }
    biasGradient(list, dtype, op, Samplers.NORMAL, 16, 64, 300);
    biasGradient(list, dtype, op, Samplers.SPECIAL_TERMS, 13, 5, 64);
  }

  private static void biasGradient(
      CaseList list, DType dtype, GemmBiasGradient op, Sampler gradient, int... s) {
    list.add(
        op,
        dtype,
        List.of(TensorType.of(dtype, s[2], s[0]), TensorType.of(dtype, s[2], s[1])),
        List.of(gradient, Samplers.NORMAL));
  }

  private static void fused(CaseList list, DType dtype, GemmActivateGradient op) {
    Activation activation = op.activation();
    for (int[] s : SHAPES) {
      list.add(
          op,
          dtype,
          List.of(
              TensorType.of(dtype, s[0], s[2]),
              TensorType.of(dtype, s[2], s[1]),
              TensorType.of(dtype, s[0], s[1])),
          List.of(Samplers.NORMAL, Samplers.NORMAL, Samplers.forGradientOf(activation)));
    }
    list.add(
        op,
        dtype,
        List.of(
            TensorType.of(dtype, 13, 5), TensorType.of(dtype, 5, 64), TensorType.of(dtype, 13, 64)),
        List.of(Samplers.SPECIAL_TERMS, Samplers.NORMAL, Samplers.forGradientOf(activation)));
  }
}
