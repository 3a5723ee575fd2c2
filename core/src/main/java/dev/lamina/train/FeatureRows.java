package dev.lamina.train;

import dev.lamina.backend.Memory;
import dev.lamina.data.Dataset;
import dev.lamina.type.BFloat16;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;

/**
 * The features of a data set as they are stored for programs, row by row: as the data set has them,
 * but FP32 for programs that take them as BF16 already rounded to that, which halves them.
 *
 * @param taken the element type in which programs take them
 */
record FeatureRows(Dataset data, DType taken) {
  /** So many elements are converted at a time. */
  private static final int BLOCK = 1 << 12;

  /** How much is converted before it is written to a device. */
  private static final long CHUNK_BYTES = 32L << 20;

  /** How many threads convert a chunk. */
  private static final int PARTS = 16;

  private boolean isNarrowed() {
    return data.featureType().dtype() == DType.FP32 && taken == DType.BF16;
  }

  /** The type of so many rows. */
  TensorType type(long rows) {
    DType stored = isNarrowed() ? DType.BF16 : data.featureType().dtype();
    return TensorType.of(stored, rows, data.features());
  }

  long rowBytes() {
    return type(1).bytes();
  }

  /** Writes the rows of some samples in a row. */
  void copy(int sample, int count, MemorySegment to, long offset) {
    if (isNarrowed()) {
      narrow(
          (long) sample * data.features(),
          (long) count * data.features(),
          to.asSlice(offset, count * rowBytes()));
    } else {
      MemorySegment.copy(data.featureData(), sample * rowBytes(), to, offset, count * rowBytes());
    }
  }

  /** Writes all rows to the start of a device's memory. */
  void writeTo(Memory memory) {
    if (!isNarrowed()) {
      memory.write(0, data.featureData());
      return;
    }
    int rows = Math.clamp(CHUNK_BYTES / rowBytes(), 1, data.size());
    MemorySegment chunk = MemorySegment.ofArray(new byte[Math.toIntExact(rows * rowBytes())]);
    for (int from = 0; from < data.size(); from += rows) {
      int start = from;
      int count = Math.min(rows, data.size() - from);
      IntStream.range(0, PARTS)
          .parallel()
          .forEach(part -> {
            int begin = (int) ((long) count * part / PARTS);
            int end = (int) ((long) count * (part + 1) / PARTS);
            copy(start + begin, end - begin, chunk, begin * rowBytes());
          });
      memory.write(from * rowBytes(), chunk.asSlice(0, count * rowBytes()));
    }
  }

  private void narrow(long from, long count, MemorySegment to) {
    float[] wide = new float[BLOCK];
    short[] narrow = new short[BLOCK];
    for (long at = 0; at < count; at += BLOCK) {
      int n = (int) Math.min(BLOCK, count - at);
      MemorySegment.copy(
          data.featureData(), ValueLayout.JAVA_FLOAT, (from + at) * Float.BYTES, wide, 0, n);
      for (int i = 0; i < n; i++) {
        narrow[i] = BFloat16.of(wide[i]);
      }
      MemorySegment.copy(narrow, 0, to, ValueLayout.JAVA_SHORT_UNALIGNED, at * Short.BYTES, n);
    }
  }
}
