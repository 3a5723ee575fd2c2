package dev.lamina.cuda;

import dev.lamina.op.LossFunction;
import dev.lamina.op.LossGradient;
import dev.lamina.op.LossWithGradient;
import dev.lamina.op.MeanLoss;
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

  static void loss(Emission e, MeanLoss op) {
    lower(e, op.function(), 0, Argument.NULL, Argument.NULL, e.output(0));
  }

  static void lossGradient(Emission e, LossGradient op) {
    lower(e, op.function(), 1, e.input(0), e.output(0), Argument.NULL);
  }

  static void lossWithGradient(Emission e, LossWithGradient op) {
    lower(e, op.function(), 0, Argument.NULL, e.output(0), e.output(1));
  }

  // The output of the model is input `from`, the targets the one after it; the loss and its
  // gradient dZ go where they are wanted, unless that is null.
  private static void lower(
      Emission e, LossFunction function, int from, Argument dL, Argument dZ, Argument loss) {
    TensorType z = e.inputType(from);
    boolean wanted = loss != Argument.NULL;
    boolean byRow = function.byRow();
    boolean labels = e.inputType(from + 1).dtype() == DType.INT32;
    String kernel =
        switch (function) {
          case SOFTMAX_CROSS_ENTROPY -> labels ? "cross_entropy_labels" : "cross_entropy";
          case BINARY_CROSS_ENTROPY -> "binary_cross_entropy";
          case MEAN_SQUARED_ERROR -> "squared_error";
        };
    Argument output = e.input(from);
    Argument targets = e.input(from + 1);
    long blocks = byRow ? rowBlocks(z) : Geometry.lossParts(z.size(), z.dtype());
    Argument parts = wanted ? parts(e, blocks) : Argument.NULL;
    Argument counter = wanted ? e.counters(1) : Argument.NULL;
    if (byRow) {
      Argument rows = Argument.count(z.shape().rows());
      Argument columns = Argument.count(z.shape().columns());
      rows(e, LOSS, kernel, z, output, targets, dL, dZ, loss, parts, counter, rows, columns);
    } else {
      Argument count = Argument.count(z.size());
      e.floating(
          LOSS, kernel, z.dtype(), blocks, 1, output, targets, dL, dZ, loss, parts, counter, count);
    }
  }

  // A number for each block.
  private static Argument parts(Emission e, long blocks) {
    return e.scratch(blocks * Double.BYTES);
  }

  static void trackLoss(Emission e) {
    e.floating(
        LOSS, "track_loss", e.inputType(0).dtype(), 1, 1, e.input(0), e.input(1), e.input(2));
  }

  // A kernel that exists for a warp and for a block on each row.
  private static void rows(
      Emission e, String family, String kernel, TensorType type, Argument... arguments) {
    e.floating(
        family,
        kernel + (isWarpRow(type) ? "_warp" : "_block"),
        type.dtype(),
        rowBlocks(type),
        1,
        arguments);
  }

  private static boolean isWarpRow(TensorType type) {
    return type.shape().columns() <= Geometry.WARP_ROW;
  }

  private static long rowBlocks(TensorType type) {
    long m = type.shape().rows();
    return isWarpRow(type) ? Geometry.warps(m) : Geometry.blocks(m);
  }
}
