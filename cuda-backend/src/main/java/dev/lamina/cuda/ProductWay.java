package dev.lamina.cuda;

import dev.lamina.cuda.lt.Epilogue;
import dev.lamina.op.Activation;
import dev.lamina.type.DType;
import java.util.List;

/**
 * One way to compute a product and what is done to it.
 *
 * @param epilogue what cuBLASLt does before it stores the product
 * @param bias the address of the bias, or where its gradient goes; 0 if the epilogue has none
 * @param auxiliary the address of ReLU's mask or GELU's pre-activation; 0 if the epilogue has none
 * @param then what is left to do
 */
record ProductWay(
    Step.Product product, Epilogue epilogue, long bias, long auxiliary, List<Step.Launch> then) {
  /** Where a mask lies that has not been given its place; no address. */
  static final long UNPLACED = -256;

  /** cuBLASLt reads and writes vectors and masks 16 bytes at a time. */
  static final int ALIGNMENT = 16;

  private static final int MASK_STRIDE = 128;
  private static final int MATRIX_STRIDE = 8;

  ProductWay {
    then = List.copyOf(then);
  }

  /** The product alone, and all that follows it by kernels. */
  static ProductWay plain(Step.Product product, List<Step.Launch> then) {
    return new ProductWay(product, Epilogue.DEFAULT, 0, 0, then);
  }

  /** Whether the auxiliary memory is a mask: ReLU's. */
  boolean isMasked() {
    return auxiliary != 0 && activation() == Activation.RELU;
  }

  /** The activation that the epilogue applies, or takes the gradient of; null if none. */
  Activation activation() {
    return switch (epilogue) {
      case RELU, RELU_BIAS, RELU_AUX, RELU_AUX_BIAS, DRELU, DRELU_BGRAD -> Activation.RELU;
      case GELU, GELU_BIAS, GELU_AUX, GELU_AUX_BIAS, DGELU, DGELU_BGRAD -> Activation.GELU;
      case DEFAULT, BIAS, BGRADA, BGRADB -> null;
    };
  }

  /** Whether the epilogue takes the gradient of an activation. */
  boolean isGradient() {
    return switch (epilogue) {
      case DRELU, DRELU_BGRAD, DGELU, DGELU_BGRAD -> true;
      default -> false;
    };
  }

  /**
   * Whether it may be wrong, which only a run shows: a mask may have bits for zeros; GELU may be
   * computed more coarsely than FP32 shows, though not than BF16 does.
   */
  boolean isDoubtful() {
    return isMasked() || activation() == Activation.GELU && product.result() != DType.BF16;
  }

  /** The leading dimension of the auxiliary memory: bits of a mask, elements of a matrix. */
  long auxiliaryStride() {
    return isMasked() ? maskStride(product.n()) : product.n();
  }

  /** The size of a mask of the result in bytes. */
  long maskBytes() {
    return maskStride(product.n()) / Byte.SIZE * product.m();
  }

  private static long maskStride(long columns) {
    return Geometry.ceil(columns, MASK_STRIDE) * MASK_STRIDE;
  }

  /** Whether cuBLASLt takes a row-major matrix with so many columns as GELU's pre-activation. */
  static boolean isAuxiliary(long address, long columns) {
    return address % ALIGNMENT == 0 && columns % MATRIX_STRIDE == 0;
  }

  /** The same way with a mask that lies there. */
  ProductWay withMask(long address) {
    return new ProductWay(product, epilogue, bias, address, then);
  }
}
