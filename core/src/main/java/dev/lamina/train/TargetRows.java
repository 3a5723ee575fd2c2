package dev.lamina.train;

import dev.lamina.data.Dataset;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The targets of a data set in the form that a loss takes, row by row. */
record TargetRows(Dataset data, Targets form, int outputs) {
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

  /** All rows in order. */
  MemorySegment all(Arena arena) {
    if (form == Targets.CLASS_NUMBERS || form == Targets.VALUES) {
      return data.targetData();
    }
    MemorySegment packed = arena.allocate(type(data.size()).bytes(), 64);
    copy(0, data.size(), packed, 0);
    return packed;
  }
}
