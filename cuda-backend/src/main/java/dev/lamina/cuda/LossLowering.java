package dev.lamina.cuda;

import dev.lamina.op.Loss;
import dev.lamina.op.LossFunction;
import dev.lamina.op.LossGradient;
import dev.lamina.op.LossWithGradient;
import dev.lamina.op.Softmax;
import dev.lamina.op.SoftmaxGradient;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;

/** The kernels of softmax.cu and loss.cu. */
final class LossLowering {
  private static final String SOFTMAX = "softmax";
  private static final String LOSS = "loss";

  private LossLowering() {}

  static void softmax(Emission e, Softmax op) {
    TensorType type = e.outputType(0);
    rows(
        e,
        SOFTMAX,
        op.log() ? "log_softmax" : "softmax",
        type,
        e.input(0),
        e.output(0),
        Argument.count(type.shape().rows()),
        Argument.count(type.shape().columns()));
  }

  static void softmaxGradient(Emission e, SoftmaxGradient op) {
    TensorType type = e.outputType(0);
    rows(
        e,
        SOFTMAX,
        op.log() ? "log_softmax_gradient" : "softmax_gradient",
        type,
        e.input(0),
        e.input(1),
        e.output(0),
        Argument.count(type.shape().rows()),
        Argument.count(type.shape().columns()));
  }

  static void loss(Emission e, Loss op) {
    lower(e, op.function(), 0, Argument.NULL, Argument.NULL, 0);
  }

  static void lossGradient(Emission e, LossGradient op) {
    lower(e, op.function(), 1, e.input(0), e.output(0), -1);
  }

  static void lossWithGradient(Emission e, LossWithGradient op) {
    lower(e, op.function(), 0, Argument.NULL, e.output(0), 1);
  }

  // The output of the model is input `from`, the targets the one after it; the loss goes to output
  // `loss` unless that is negative, the gradient to dZ unless that is null.
  private static void lower(
      Emission e, LossFunction function, int from, Argument dL, Argument dZ, int loss) {
    TensorType z = e.inputType(from);
    boolean byRow =
        switch (function.output()) {
          case CLASS_LOGITS -> true;
          case LOGITS, NUMBERS -> false;
        };
    boolean labels = e.inputType(from + 1).dtype() == DType.INT32;
    String kernel =
        switch (function) {
          case SOFTMAX_CROSS_ENTROPY -> labels ? "cross_entropy_labels" : "cross_entropy";
          case BINARY_CROSS_ENTROPY -> "binary_cross_entropy";
          case MEAN_SQUARED_ERROR -> "squared_error";
        };
    long count = byRow ? z.shape().rows() : z.size();
    long size = byRow ? count : Geometry.lossParts(count, z.dtype());
    Argument parts = loss < 0 ? Argument.NULL : e.scratch(size * z.dtype().bytes());
    Argument output = e.input(from);
    Argument targets = e.input(from + 1);
    Argument counted = Argument.count(count);
    if (byRow) {
      Argument columns = Argument.count(z.shape().columns());
      rows(e, LOSS, kernel, z, output, targets, dL, dZ, parts, counted, columns);
    } else {
      e.floating(LOSS, kernel, z.dtype(), size, 1, output, targets, dL, dZ, parts, counted);
    }
    if (loss >= 0) {
      ReduceLowering.finish(e, "sum", z.dtype(), parts, loss, 1, size, count);
    }
  }

  static void trackLoss(Emission e) {
    e.floating(
        LOSS, "track_loss", e.inputType(0).dtype(), 1, 1, e.input(0), e.input(1), e.input(2));
  }

  // A kernel that exists for a warp and for a block on each row.
  private static void rows(
      Emission e, String family, String kernel, TensorType type, Argument... arguments) {
    long m = type.shape().rows();
    boolean warp = type.shape().columns() <= Geometry.WARP_ROW;
    e.floating(
        family,
        kernel + (warp ? "_warp" : "_block"),
        type.dtype(),
        warp ? Geometry.warps(m) : Geometry.blocks(m),
        1,
        arguments);
  }
}
