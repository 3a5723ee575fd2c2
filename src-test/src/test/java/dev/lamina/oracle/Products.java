package dev.lamina.oracle;

import dev.lamina.op.Activation;
import dev.lamina.op.Gemm;
import dev.lamina.op.GemmActivateGradient;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.BitSet;
import java.util.List;

/** Matrix products. */
final class Products {
  private Products() {}

  static Result gemm(Gemm op, List<Value> in, TensorType type) {
    int m = Math.toIntExact(type.shape().extent(0));
    int n = Math.toIntExact(type.shape().extent(1));
    double[] d = new double[m * n];
    double[] error = new double[m * n];
    double[] preactivation = new double[m * n];
    double[] inner = new double[m * n];
    BitSet mayBeZero = new BitSet();
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        Sum sum = product(in.get(0), op.transposeA(), in.get(1), op.transposeB(), i, j);
        double z = op.alpha() * sum.value();
        double e = Math.abs(op.alpha()) * sum.error() + Math.abs(z);
        // What follows may be done to the stored product.
        e += Rounding.storedError(type.dtype(), z);
        if (op.beta() != 0) {
          double c = op.beta() * in.get(op.indexOfC()).at(i, j);
          z += c;
          e += 2 * Math.abs(c) + Rounding.storedError(type.dtype(), z);
        }
        if (op.bias()) {
          double b = in.get(2).data()[j];
          z += b;
          e += 2 * Math.abs(b);
        }
        int at = i * n + j;
        preactivation[at] = z;
        inner[at] = e;
        // φ may be applied to the stored pre-activation.
        e += op.preactivation() ? Rounding.storedError(type.dtype(), z) : 0;
        d[at] = Activations.value(op.activation(), z);
        mayBeZero.set(at, Double.isNaN(z) && op.activation() == Activation.RELU);
        error[at] = Activations.forwardError(op.activation(), z, d[at], e, type.dtype());
      }
    }
    Expected result = Expected.within(type, d, error).withNaNsOrZeros(mayBeZero);
    return op.preactivation()
        ? Result.of(result, Expected.within(type, preactivation, inner))
        : Result.of(result);
  }

  /** Σ over k of op(A)[i, k] · op(B)[k, j]. */
  private static Sum product(Value a, boolean ta, Value b, boolean tb, int i, int j) {
    int k = ta ? a.rows() : a.columns();
    int aColumns = a.columns();
    int bColumns = b.columns();
    Sum sum = new Sum();
    for (int l = 0; l < k; l++) {
      double left = a.data()[ta ? l * aColumns + i : i * aColumns + l];
      double right = b.data()[tb ? j * bColumns + l : l * bColumns + j];
      sum.add(left * right);
    }
    return sum;
  }

  static Result gemmActivateGradient(GemmActivateGradient op, List<Value> in, TensorType type) {
    int m = Math.toIntExact(type.shape().extent(0));
    int n = Math.toIntExact(type.shape().extent(1));
    Value f = in.get(2);
    Activation activation = op.activation();
    DType dtype = type.dtype();
    double[] dZ = new double[m * n];
    double[] error = new double[m * n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        Sum dF = product(in.get(0), false, in.get(1), false, i, j);
        int at = i * n + j;
        dZ[at] = Activations.gradient(activation, dF.value(), f.at(i, j));
        double stored = Rounding.storedError(dtype, dF.value());
        error[at] =
            Activations.gradientError(
                activation, dF.value(), f.at(i, j), dF.error() + stored, dtype);
      }
    }
    Expected result = Expected.within(type, dZ, error);
    return op.bias() ? Result.of(result, Activations.columnSums(result)) : Result.of(result);
  }
}
