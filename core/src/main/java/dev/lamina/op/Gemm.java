package dev.lamina.op;

import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * General matrix product D = φ(α·op(A)·op(B) + β·C + 1·bᵀ), after BLAS's xGEMM.
 *
 * <p>Sums are formed in FP32, for FP64 in FP64. A result of BF16 is rounded once, at the end.
 *
 * <p>Where α·op(A)·op(B) + β·C + 1·bᵀ is NaN, a backend may take ReLU for max(x, 0), which gives 0.
 *
 * <p>Inputs, in this order: A [m, k] (or [k, m] if transposed), B [k, n] (or [n, k]), b [n] if
 * {@code bias}, C [m, n] if β is not 0. Output D [m, n], and if {@code preactivation} also Z [m,
 * n], to which φ was applied, before or after it was rounded. All are of one element type; if
 * {@code wide}, A and B are BF16 and b, C and the outputs are FP32.
 *
 * @param transposeA whether op(A) = Aᵀ
 * @param transposeB whether op(B) = Bᵀ
 * @param alpha α
 * @param beta β
 * @param bias whether a row b is added to every row
 * @param activation φ, applied last
 * @param preactivation whether Z = α·op(A)·op(B) + β·C + 1·bᵀ is a second output
 * @param wide whether the result of a product of BF16 stays in FP32
 */
public record Gemm(
    boolean transposeA,
    boolean transposeB,
    double alpha,
    double beta,
    boolean bias,
    Activation activation,
    boolean preactivation,
    boolean wide)
    implements Op {

  /** The plain product op(A)·op(B). */
  public static Gemm of(boolean transposeA, boolean transposeB) {
    return new Gemm(transposeA, transposeB, 1, 0, false, Activation.IDENTITY, false, false);
  }

  /** This product with the factors α and β. */
  public Gemm scaled(double newAlpha, double newBeta) {
    return new Gemm(
        transposeA, transposeB, newAlpha, newBeta, bias, activation, preactivation, wide);
  }

  /** This product plus a row. */
  public Gemm withBias() {
    return withBias(true);
  }

  /** This product with or without a row that is added. */
  public Gemm withBias(boolean on) {
    return new Gemm(transposeA, transposeB, alpha, beta, on, activation, preactivation, wide);
  }

  /** This product followed by an activation. */
  public Gemm with(Activation function) {
    return new Gemm(transposeA, transposeB, alpha, beta, bias, function, preactivation, wide);
  }

  /** This product followed by an activation, with what the activation is applied to as well. */
  public Gemm withPreactivation() {
    return new Gemm(transposeA, transposeB, alpha, beta, bias, activation, true, wide);
  }

  /**
   * The product of BF16 matrices with a result in FP32; null if b or C would be BF16 still, or if
   * there are two results.
   */
  @Override
  public Gemm widened() {
    return bias || beta != 0 || preactivation
        ? null
        : new Gemm(transposeA, transposeB, alpha, beta, bias, activation, false, true);
  }

  @Override
  public String label() {
    return "gemm"
        + (transposeA || transposeB ? (transposeA ? "-t" : "-n") + (transposeB ? "t" : "n") : "")
        + (bias ? "+bias" : "")
        + (activation == Activation.IDENTITY ? "" : "+" + activation.label())
        + (preactivation ? "+preactivation" : "")
        + (wide ? "+wide" : "");
  }

  /** The position of C among the inputs, or -1. */
  public int indexOfC() {
    return beta == 0 ? -1 : bias ? 3 : 2;
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 2 + (bias ? 1 : 0) + (beta == 0 ? 0 : 1));
    DType dtype = Check.floating(this, inputs, 0).dtype();
    Shape a = Check.matrix(this, inputs, 0).shape();
    Shape b = Check.matrix(this, inputs, 1).shape();
    long m = a.extent(transposeA ? 1 : 0);
    long k = a.extent(transposeA ? 0 : 1);
    long kb = b.extent(transposeB ? 1 : 0);
    long n = b.extent(transposeB ? 0 : 1);
    if (k != kb) {
      throw Check.mismatch(
          this,
          inputs,
          "equal inner extents, got op(A) ["
              + m
              + ", "
              + k
              + "] and op(B) ["
              + kb
              + ", "
              + n
              + "]");
    }
    Check.sameDType(this, inputs, dtype, 1);
    TensorType d = TensorType.of(Check.result(this, inputs, wide), m, n);
    if (bias) {
      Check.exactly(this, inputs, 2, TensorType.of(d.dtype(), n));
    }
    if (beta != 0) {
      Check.exactly(this, inputs, indexOfC(), d);
    }
    return preactivation ? List.of(d, d) : List.of(d);
  }

  /**
   * Without Z, where φ' needs it, Z is computed again. With dZ = dD ∘ φ': d op(A) = α dZ·op(B)ᵀ, d
   * op(B) = α op(A)ᵀ·dZ, db = Σ<sub>rows</sub> dZ, dC = β dZ.
   */
  @Override
  public List<Sym> gradient(GradientContext c) {
    Sym dZ =
        activation == Activation.IDENTITY
            ? c.dY()
            : c.emit(
                activation.gradient(c.dY().type()),
                c.dY(),
                activation.ofInput() ? preactivation(c) : c.output());
    List<Sym> result = new ArrayList<>(Arrays.asList(new Sym[c.inputs().size()]));
    Sym a = c.input(0);
    Sym b = c.input(1);
    if (c.wants(0)) {
      result.set(
          0,
          transposeA
              ? c.emit(plain(transposeB, true), b, dZ)
              : c.emit(plain(false, !transposeB), dZ, b));
    }
    if (c.wants(1)) {
      result.set(
          1,
          transposeB
              ? c.emit(plain(true, transposeA), dZ, a)
              : c.emit(plain(!transposeA, false), a, dZ));
    }
    if (bias && c.wants(2)) {
      result.set(2, c.emitter().sumTo(dZ, c.input(2).type().shape()));
    }
    if (beta != 0 && c.wants(indexOfC())) {
      result.set(indexOfC(), c.emitter().scale(dZ, beta));
    }
    return result;
  }

  private Sym preactivation(GradientContext c) {
    return preactivation
        ? c.outputs().get(1)
        : c.emit(with(Activation.IDENTITY), c.inputs().toArray(Sym[]::new));
  }

  private Gemm plain(boolean ta, boolean tb) {
    return of(ta, tb).scaled(alpha, 0);
  }

  @Override
  public boolean differentiable(int input) {
    return true;
  }

  /** 2·m·n·k. */
  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    Shape a = inputs.getFirst().shape();
    return 2 * outputs.getFirst().size() * a.extent(transposeA ? 0 : 1);
  }

  @Override
  public int inPlace() {
    return preactivation ? -1 : indexOfC();
  }
}
