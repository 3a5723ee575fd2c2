package dev.lamina.cuda;

import dev.lamina.op.Cast;
import dev.lamina.op.Dropout;
import dev.lamina.op.Fill;
import dev.lamina.op.GatherRows;
import dev.lamina.type.BFloat16;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.Locale;

/** The kernels of memory.cu, convert.cu and dropout.cu. */
final class MoveLowering {
  private static final String MEMORY = "memory";
  private static final String CONVERT = "convert";
  private static final int VECTOR_BYTES = 16;

  private MoveLowering() {}

  /** Output 0 = input, of one type; nothing if they are the same memory. */
  static void copy(Emission e, int input) {
    if (e.inputAddress(input) != e.outputAddress(0)) {
      long bytes = e.outputType(0).bytes();
      e.plain(
          MEMORY,
          "copy",
          Geometry.elementwise(bytes, VECTOR_BYTES),
          e.input(input),
          e.output(0),
          Argument.count(bytes));
    }
  }

  static void cast(Emission e, Cast op) {
    TensorType x = e.inputType(0);
    DType from = x.dtype();
    DType to = op.to();
    if (from == to) {
      copy(e, 0);
      return;
    }
    Argument n = Argument.count(x.size());
    if (from.isFloating() || to.isFloating()) {
      DType storage = from.isFloating() ? from : to;
      String kernel = from.isFloating() ? "to_" + lower(to) : "from_" + lower(from);
      e.floating(
          CONVERT,
          kernel,
          storage,
          Geometry.elementwise(x.size(), take(storage)),
          1,
          e.input(0),
          e.output(0),
          n);
    } else {
      e.plain(
          MEMORY,
          lower(from) + "_to_" + lower(to),
          Geometry.elementwise(x.size(), 1),
          e.input(0),
          e.output(0),
          n);
    }
  }

  static void fill(Emission e, Fill op) {
    TensorType type = e.outputType(0);
    e.plain(
        MEMORY,
        "fill_" + type.dtype().bytes(),
        Geometry.elementwise(type.size(), Geometry.pack(type.dtype())),
        e.output(0),
        Argument.count(type.size()),
        Argument.count(bits(op.value(), type.dtype())));
  }

  // The element with a value, converted as Cast converts.
  private static long bits(double value, DType dtype) {
    return switch (dtype) {
      case FP32 -> Integer.toUnsignedLong(Float.floatToRawIntBits((float) value));
      case FP64 -> Double.doubleToRawLongBits(value);
      case BF16 -> Short.toUnsignedLong(BFloat16.of(value));
      case INT32 -> Integer.toUnsignedLong((int) value);
      case UINT8 -> Math.clamp((int) value, 0, 255);
    };
  }

  static void gatherRows(Emission e, GatherRows op) {
    TensorType data = e.inputType(0);
    TensorType y = e.outputType(0);
    boolean matrix = data.shape().rank() == 2;
    Argument m = Argument.count(e.inputType(1).size());
    Argument rows = Argument.count(matrix ? data.shape().rows() : data.size());
    Argument columns = Argument.count(matrix ? data.shape().columns() : 1);
    if (op.to().isFloating()) {
      e.floating(
          CONVERT,
          "gather_" + lower(data.dtype()),
          op.to(),
          Geometry.elementwise(y.size(), take(op.to())),
          1,
          e.input(0),
          e.input(1),
          e.output(0),
          m,
          rows,
          columns,
          Argument.number(op.scale()),
          Argument.number(op.shift()));
    } else {
      e.plain(
          MEMORY,
          "take_rows_" + data.dtype().bytes(),
          Geometry.elementwise(y.size(), 1),
          e.input(0),
          e.input(1),
          e.output(0),
          m,
          rows,
          columns);
    }
  }

  static void transpose(Emission e) {
    TensorType x = e.inputType(0);
    long m = x.shape().rows();
    long n = x.shape().columns();
    e.plain(
        MEMORY,
        "transpose_" + x.dtype().bytes(),
        Geometry.blocks(Geometry.ceil(m, 32) * Geometry.ceil(n, 32)),
        e.input(0),
        e.output(0),
        Argument.count(m),
        Argument.count(n));
  }

  static void dropout(Emission e, Dropout op) {
    TensorType type = e.outputType(0);
    e.floating(
        "dropout",
        "dropout",
        type.dtype(),
        Geometry.elementwise(type.size(), take(type.dtype())),
        1,
        e.input(0),
        e.input(1),
        e.output(0),
        Argument.count(type.size()),
        Argument.integer(op.threshold()),
        Argument.number(op.scale()),
        Argument.integer(op.stream()));
  }

  // Elements that a thread takes at once: convert.cu's TAKE, dropout.cu's DRAW.
  private static int take(DType dtype) {
    return Math.max(4, Geometry.pack(dtype));
  }

  private static String lower(DType dtype) {
    return dtype.name().toLowerCase(Locale.ROOT);
  }
}
