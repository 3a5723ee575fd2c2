package dev.lamina.cuda;

import dev.lamina.LaminaException;
import dev.lamina.cuda.lt.Epilogue;
import dev.lamina.op.Activation;
import dev.lamina.op.Gemm;
import dev.lamina.op.GemmActivateGradient;
import dev.lamina.op.GemmBiasGradient;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * Matrix products by cuBLAS or cuBLASLt, and what follows them: by cuBLASLt's epilogues or by
 * kernels. Without a bias there is only the latter, except for a gradient.
 */
final class ProductLowering {
  private ProductLowering() {}

  static void gemm(Emission e, Gemm op) {
    int z = op.preactivation() ? 1 : 0;
    if (op.beta() != 0) {
      MoveLowering.copy(e, op.indexOfC(), z);
    }
    Step.Product product = product(e, op, z);
    boolean fusing =
        op.bias()
            && product.operands() != DType.FP64
            && e.inputAddress(2) % ProductWay.ALIGNMENT == 0;
    if (fusing && op.preactivation()) {
      withPreactivation(e, op, product);
    } else if (fusing) {
      activated(e, op, product);
    } else {
      e.add(product);
      rest(e, op);
    }
  }

  /** All that is left to do after the product. */
  private static void rest(Emission e, Gemm op) {
    if (op.preactivation()) {
      if (op.bias()) {
        ElementwiseLowering.biasActivate(e, Activation.IDENTITY, e.input(2), 1);
      }
      ElementwiseLowering.activate(e, op.activation(), e.output(1));
    } else if (op.bias()) {
      ElementwiseLowering.biasActivate(e, op.activation(), e.input(2), 0);
    } else if (op.activation() != Activation.IDENTITY) {
      ElementwiseLowering.activate(e, op.activation(), e.output(0));
    }
  }

  private static void activated(Emission e, Gemm op, Step.Product product) {
    List<ProductWay> ways = new ArrayList<>();
    Epilogue epilogue =
        switch (op.activation()) {
          case IDENTITY -> Epilogue.BIAS;
          case RELU -> Epilogue.RELU_BIAS;
          case GELU -> Epilogue.GELU_BIAS;
          case SIGMOID, TANH -> null;
        };
    if (epilogue != null) {
      ways.add(new ProductWay(product, epilogue, e.inputAddress(2), 0, List.of()));
    }
    ProductWay masked =
        op.activation() == Activation.RELU
            ? new ProductWay(
                product, Epilogue.RELU_AUX_BIAS, e.inputAddress(2), ProductWay.UNPLACED, List.of())
            : null;
    addWithPlain(e, ways, masked, product, () -> rest(e, op));
  }

  // The product of the last ways is Z, that of the first, which has Z beside it, is F.
  private static void withPreactivation(Emission e, Gemm op, Step.Product product) {
    List<ProductWay> ways = new ArrayList<>();
    long bias = e.inputAddress(2);
    long z = e.outputAddress(1);
    if (op.activation() == Activation.GELU
        && op.beta() == 0
        && ProductWay.isAuxiliary(z, product.n())) {
      Step.Product f = product(e, op, 0);
      ways.add(new ProductWay(f, Epilogue.GELU_AUX_BIAS, bias, z, List.of()));
    }
    List<Step.Launch> activate =
        e.launches(() -> ElementwiseLowering.activate(e, op.activation(), e.output(1)));
    ways.add(new ProductWay(product, Epilogue.BIAS, bias, 0, activate));
    addWithPlain(e, ways, null, product, () -> rest(e, op));
  }

  static void gemmActivateGradient(Emission e, GemmActivateGradient op) {
    Step.Product product = product(e, Gemm.of(false, false), 0);
    Runnable kernels =
        () -> {
          if (op.bias()) {
            ReduceLowering.activateGradientBias(e, op.activation(), e.output(0), e.input(2));
          } else {
            ElementwiseLowering.activateGradient(e, op.activation(), e.output(0), e.input(2));
          }
        };
    boolean fusing = product.operands() != DType.FP64;
    List<ProductWay> ways = new ArrayList<>();
    if (fusing
        && op.activation() == Activation.GELU
        && ProductWay.isAuxiliary(e.inputAddress(2), product.n())) {
      ways.add(gradient(e, op, product, Epilogue.DGELU_BGRAD, Epilogue.DGELU, e.inputAddress(2)));
    }
    ProductWay masked =
        fusing && op.activation() == Activation.RELU
            ? gradient(e, op, product, Epilogue.DRELU_BGRAD, Epilogue.DRELU, ProductWay.UNPLACED)
            : null;
    if (ways.isEmpty() && masked == null) {
      e.add(product);
      kernels.run();
    } else {
      addWithPlain(e, ways, masked, product, kernels);
    }
  }

  private static ProductWay gradient(
      Emission e,
      GemmActivateGradient op,
      Step.Product product,
      Epilogue both,
      Epilogue alone,
      long auxiliary) {
    if (!op.bias()) {
      return new ProductWay(product, alone, 0, auxiliary, List.of());
    }
    long db = e.outputAddress(1);
    return db % ProductWay.ALIGNMENT == 0
        ? new ProductWay(product, both, db, auxiliary, List.of())
        : new ProductWay(
            product,
            alone,
            0,
            auxiliary,
            e.launches(() -> ReduceLowering.columnSums(e, e.output(0), e.outputType(0), 1)));
  }

  static void gemmBiasGradient(Emission e, GemmBiasGradient op) {
    Step.Product product = product(e, op.gemm(), 0);
    Runnable sum = () -> ReduceLowering.columnSums(e, e.input(0), e.inputType(0), 1);
    long db = e.outputAddress(1);
    if (product.operands() == DType.FP64 || db % ProductWay.ALIGNMENT != 0) {
      e.add(product);
      sum.run();
      return;
    }
    // Its matrices being the transposes, dZ is the library's B, and summed over what is summed
    // over.
    ProductWay both = new ProductWay(product, Epilogue.BGRADB, db, 0, List.of());
    addWithPlain(e, new ArrayList<>(List.of(both)), null, product, sum);
  }

  private static void addWithPlain(
      Emission e,
      List<ProductWay> ways,
      ProductWay masked,
      Step.Product product,
      Runnable kernels) {
    ways.add(ProductWay.plain(product, e.launches(kernels)));
    e.add(new Step.FusedProduct(ways, masked, e.regions(), e.scratchBytes()));
  }

  // An output = α op(A) op(B) + β that output.
  private static Step.Product product(Emission e, Gemm op, int output) {
    TensorType a = e.inputType(0);
    TensorType d = e.outputType(output);
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
        e.outputAddress(output));
  }
}
