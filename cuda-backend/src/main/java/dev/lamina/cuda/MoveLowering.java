package dev.lamina.cuda;

import dev.lamina.op.BatchIndices;
import dev.lamina.op.BlockCopy;
import dev.lamina.op.Fill;
import dev.lamina.op.GatherBatch;
import dev.lamina.op.GatherRows;
import dev.lamina.type.BFloat16;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The kernels of memory.cu and gather.cu. */
final class MoveLowering {
  private static final String MEMORY = "memory";
  private static final int VECTOR_BYTES = 16;

  private MoveLowering() {}

  /** Output 0 = input, of one type; nothing if they are the same memory. */
  static void copy(Emission e, int input) {
    copy(e, e.input(input), 0);
  }

  /** An output = input, of one type; nothing if they are the same memory. */
  static void copy(Emission e, int input, int output) {
    copy(e, e.input(input), output);
  }

  /** An output = source, of one type; nothing if they are the same memory. */
  static void copy(Emission e, Argument source, int output) {
    if (!source.equals(e.output(output))) {
      long bytes = e.outputType(output).bytes();
      e.plain(
          MEMORY,
          "copy",
          Geometry.elementwise(bytes, VECTOR_BYTES),
          source,
          e.output(output),
          Argument.count(bytes));
    }
  }

  /** A kernel for each block, which moves as many bytes at once as all its places allow. */
  static void blocks(Emission e, BlockCopy op) {
    for (BlockCopy.Block block : op.blocks(e.inputTypes())) {
      if (block.columns() == e.outputType(0).size()
          && block.columns() == e.inputType(block.input()).size()) {
        copy(e, block.input());
      } else {
        rows(e, block);
      }
    }
  }

  private static void rows(Emission e, BlockCopy.Block b) {
    long bytes = e.outputType(0).dtype().bytes();
    boolean single = b.rows() == 1;
    long fromPitch = single ? 0 : b.fromPitch() * bytes;
    long toPitch = single ? 0 : b.toPitch() * bytes;
    long from = b.from() * bytes;
    long to = b.to() * bytes;
    long places = e.inputAddress(b.input()) | e.outputAddress(0);
    long common = places | b.columns() * bytes | from | fromPitch | to | toPitch;
    int unit = (int) Math.min(VECTOR_BYTES, Long.lowestOneBit(common));
    e.plain(
        MEMORY,
        "copy_rows_" + unit,
        Geometry.elementwise(b.rows() * b.columns() * bytes, unit),
        e.input(b.input()),
        e.output(0),
        Argument.count(b.rows()),
        Argument.count(b.columns() * bytes / unit),
        Argument.count(from / unit),
        Argument.count(fromPitch / unit),
        Argument.count(to / unit),
        Argument.count(toPitch / unit));
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
    long m = e.inputType(1).size();
    gather(e, op, m, e.input(1), Argument.NULL, 0, false);
  }

  static void gatherBatch(Emission e, GatherBatch op) {
    BatchIndices batch = op.batch();
    gather(e, op.rows(), batch.size(), Argument.NULL, e.input(1), batch.samples(), batch.shuffle());
  }

  // Of m rows, by these numbers or, if that is null, of the batch by this clock.
  private static void gather(
      Emission e,
      GatherRows op,
      long m,
      Argument indices,
      Argument clock,
      int samples,
      boolean shuffle) {
    TensorType data = e.inputType(0);
    boolean floating = op.to().isFloating();
    boolean matrix = data.shape().rank() == 2;
    List<Argument> arguments = new ArrayList<>();
    arguments.add(e.input(0));
    arguments.add(indices);
    arguments.add(clock);
    arguments.add(Argument.integer(samples));
    arguments.add(Argument.flag(shuffle));
    arguments.add(e.output(0));
    arguments.add(Argument.count(m));
    arguments.add(Argument.count(data.shape().extent(0)));
    arguments.add(Argument.count(matrix ? data.shape().columns() : 1));
    if (floating) {
      arguments.add(Argument.number(op.scale()));
      arguments.add(Argument.number(op.shift()));
    }
    long size = e.outputType(0).size();
    long blocks = Geometry.elementwise(size, floating ? take(op.to()) : 1);
    Argument[] all = arguments.toArray(Argument[]::new);
    if (floating) {
      e.floating("gather", "gather_" + lower(data.dtype()), op.to(), blocks, 1, all);
    } else {
      e.plain(MEMORY, "take_rows_" + data.dtype().bytes(), blocks, all);
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

  // Elements that a thread takes at once: TAKE of gather.cu.
  private static int take(DType dtype) {
    return Math.max(4, Geometry.pack(dtype));
  }

  private static String lower(DType dtype) {
    return dtype.name().toLowerCase(Locale.ROOT);
  }
}
