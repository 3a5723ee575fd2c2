package dev.lamina.cuda;

import dev.lamina.LaminaException;
import dev.lamina.op.Activation;
import dev.lamina.op.Gemm;
import dev.lamina.op.GemmActivateGradientBias;
import dev.lamina.type.TensorType;

/** Matrix products by cuBLAS, and what it leaves to do by kernels. */
final class ProductLowering {
  private ProductLowering() {}

  static void gemm(Emission e, Gemm op) {
    if (op.beta() != 0) {
      MoveLowering.copy(e, op.indexOfC());
    }
    product(e, op);
    if (op.bias()) {
      ElementwiseLowering.biasActivate(e, op.activation(), e.input(2));
    } else if (op.activation() != Activation.IDENTITY) {
      ElementwiseLowering.activate(e, op.activation(), e.output(0));
    }
  }

  static void gemmActivateGradientBias(Emission e, GemmActivateGradientBias op) {
    product(e, Gemm.of(false, false));
    ReduceLowering.activateGradientBias(e, op.activation(), e.output(0), e.input(2));
  }

  // Output 0 = α op(A) op(B) + β output 0.
  private static void product(Emission e, Gemm op) {
    TensorType a = e.inputType(0);
    TensorType d = e.outputType(0);
    long m = d.shape().extent(0);
    long n = d.shape().extent(1);
    long k = a.shape().extent(op.transposeA() ? 0 : 1);
    if (Math.max(Math.max(m, n), k) > Integer.MAX_VALUE) {
      throw new LaminaException(
          op.label()
              + " of "
              + a
              + " and "
              + e.inputType(1)
              + ": cuBLAS takes extents up to 2^31 - 1; cut the matrix into smaller ones");
    }
    e.product(
        new Step.Product(
            d.dtype(),
            op.transposeA(),
            op.transposeB(),
            (int) m,
            (int) n,
            (int) k,
            op.alpha(),
            op.beta(),
            e.inputAddress(0),
            e.inputAddress(1),
            e.outputAddress(0)));
  }
}
