package dev.lamina.data;

import dev.lamina.LaminaException;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What every data set must hold, checked once when it is made. */
final class DatasetCheck {
  private DatasetCheck() {}

  static void check(
      Schema schema,
      TensorType type,
      double scale,
      MemorySegment features,
      MemorySegment targets,
      String source) {
    DType dtype = type.dtype();
    if (type.shape().rank() != 2 || dtype != DType.UINT8 && dtype != DType.FP32) {
      throw new LaminaException(
          source + ": features are " + type + "; expected UINT8 or FP32 [samples, features]");
    }
    long n = type.shape().extent(0);
    if (n > Integer.MAX_VALUE) {
      throw new LaminaException(
          source + ": " + n + " samples are too many; the limit is " + Integer.MAX_VALUE);
    }
    if (type.shape().extent(1) != schema.features()) {
      throw new LaminaException(
          source
              + ": rows of "
              + type.shape().extent(1)
              + " features, but the schema says "
              + schema.features());
    }
    length(source, "features", features, type.bytes());
    if (!(scale > 0 && scale < Double.POSITIVE_INFINITY) || dtype == DType.FP32 && scale != 1) {
      throw new LaminaException(
          source + ": a scale of " + scale + "; expected one above 0 for UINT8 and 1 for FP32");
    }
    if (dtype == DType.FP32) {
      finite(source, "feature", features, schema.features());
    }
    if (targets != null) {
      targets(schema, n, targets, source);
    }
  }

  private static void targets(Schema schema, long n, MemorySegment targets, String source) {
    int t = schema.targetNames().size();
    if (t == 0) {
      throw new LaminaException(source + ": there are targets, but the schema names none");
    }
    length(source, "targets", targets, n * t * 4);
    if (!schema.isClassification()) {
      finite(source, "target", targets, t);
      return;
    }
    int classes = schema.classNames().size();
    for (long i = 0; i < n; i++) {
      int label = targets.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i);
      if (label < 0 || label >= classes) {
        throw new LaminaException(
            source
                + ": row "
                + (i + 1)
                + ": class number "
                + label
                + "; expected 0 to "
                + (classes - 1)
                + ", for there are "
                + classes
                + " class names");
      }
    }
  }

  private static void length(String source, String what, MemorySegment data, long bytes) {
    if (data.byteSize() != bytes) {
      throw new LaminaException(
          source + ": the " + what + " have " + data.byteSize() + " bytes; expected " + bytes);
    }
  }

  private static void finite(String source, String what, MemorySegment data, int columns) {
    long count = data.byteSize() / 4;
    for (long i = 0; i < count; i++) {
      float value = data.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i);
      if (!Float.isFinite(value)) {
        throw new LaminaException(
            source
                + ": row "
                + (i / columns + 1)
                + ", "
                + what
                + " "
                + (i % columns + 1)
                + ": "
                + value
                + " is not a finite number; mend it or leave the row out");
      }
    }
  }
}
