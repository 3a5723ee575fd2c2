package dev.lamina.train;

import dev.lamina.backend.Memory;
import dev.lamina.data.Dataset;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The targets of a data set in the form that a loss takes, row by row. */
record TargetRows(Dataset data, Targets form, int outputs) {
  private static final long PIECE_BYTES = 4L << 20;

  /** The type of so many rows on a device. */
  TensorType type(long rows) {
    return switch (form) {
      case CLASS_NUMBERS -> TensorType.of(DType.INT32, rows);
      case SECOND_CLASS, ONE_HOT -> TensorType.of(DType.UINT8, rows, outputs);
      case VALUES -> TensorType.of(DType.FP32, rows, outputs);
    };
  }

  long rowBytes() {
    return switch (form) {
      case CLASS_NUMBERS -> DType.INT32.bytes();
      case SECOND_CLASS, ONE_HOT -> outputs;
      case VALUES -> (long) outputs * DType.FP32.bytes();
    };
  }

  /** Writes the rows of some samples in a row. */
  void copy(int sample, int count, MemorySegment to, long offset) {
    long width = rowBytes();
    if (form == Targets.CLASS_NUMBERS || form == Targets.VALUES) {
      MemorySegment.copy(data.targetData(), sample * width, to, offset, count * width);
      return;
    }
    if (form == Targets.ONE_HOT) {
      to.asSlice(offset, count * width).fill((byte) 0);
    }
    for (int k = 0; k < count; k++) {
      int label = data.label(sample + k);
      if (form == Targets.ONE_HOT) {
        to.set(ValueLayout.JAVA_BYTE, offset + k * width + label, (byte) 1);
      } else {
        to.set(ValueLayout.JAVA_BYTE, offset + k, (byte) label);
      }
    }
  }

  /** Writes all rows in order to a device, in pieces if they take another form there. */
  void writeTo(Memory memory) {
    if (form == Targets.CLASS_NUMBERS || form == Targets.VALUES) {
      memory.write(0, data.targetData());
      return;
    }
    int rows = Math.clamp(PIECE_BYTES / rowBytes(), 1, data.size());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment piece = arena.allocate(rows * rowBytes(), 64);
      for (int done = 0; done < data.size(); done += rows) {
        int count = Math.min(rows, data.size() - done);
        copy(done, count, piece, 0);
        memory.write(done * rowBytes(), piece.asSlice(0, count * rowBytes()));
      }
    }
  }
}
