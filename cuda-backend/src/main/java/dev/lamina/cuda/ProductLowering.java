package dev.lamina.cuda;

import dev.lamina.LaminaException;
import dev.lamina.cuda.lt.Epilogue;
import dev.lamina.op.Activation;
import dev.lamina.op.Gemm;
import dev.lamina.op.GemmActivateGradientBias;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;

/** Matrix products by cuBLAS or cuBLASLt, and what they leave to do by kernels. */
final class ProductLowering {
  /** cuBLASLt's kernels read a bias 16 bytes at a time. */
  private static final int BIAS_ALIGNMENT = 16;

  private ProductLowering() {}

  static void gemm(Emission e, Gemm op) {
    if (op.beta() != 0) {
      MoveLowering.copy(e, op.indexOfC());
    }
    Step.Product product = product(e, op);
    if (!op.bias()) {
      e.add(product);
      if (op.activation() != Activation.IDENTITY) {
        ElementwiseLowering.activate(e, op.activation(), e.output(0));
      }
      return;
    }
    Step.Launch rest = ElementwiseLowering.biasActivate(e, op.activation(), e.input(2));
    Epilogue epilogue = epilogue(op.activation());
    if (product.operands() != DType.FP64
        && epilogue != Epilogue.DEFAULT
        && e.inputAddress(2) % BIAS_ALIGNMENT == 0) {
      e.add(new Step.FusedProduct(product, epilogue, e.inputAddress(2), rest));
    } else {
      e.add(product);
      e.add(rest);
    }
  }

  private static Epilogue epilogue(Activation activation) {
    return switch (activation) {
      case IDENTITY -> Epilogue.BIAS;
      case RELU -> Epilogue.RELU_BIAS;
      case SIGMOID, TANH -> Epilogue.DEFAULT;
    };
  }

  // cuBLASLt's epilogue for this (DRELU_BGRAD) takes a mask that only its own forward product
  // writes, and nothing is known of the order in which it sums the bias gradient.
  static void gemmActivateGradientBias(Emission e, GemmActivateGradientBias op) {
    e.add(product(e, Gemm.of(false, false)));
    ReduceLowering.activateGradientBias(e, op.activation(), e.output(0), e.input(2));
  }

  // Output 0 = α op(A) op(B) + β output 0.
  private static Step.Product product(Emission e, Gemm op) {
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
    return new Step.Product(
        a.dtype(),
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
        e.outputAddress(0));
  }
}
