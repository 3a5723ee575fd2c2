package dev.lamina.cpu;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.lamina.LaminaException;
import dev.lamina.op.Clock;
import dev.lamina.op.Dropout;
import dev.lamina.op.GatherRows;
import dev.lamina.random.Philox;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** Moving elements: copies, transposition, gathering rows, dropping elements at random. */
final class PlainData {
  /** Rows and columns of a tile that is transposed at a time. */
  private static final int TILE = 32;

  private PlainData() {}

  static Task copy(Buffer x, Buffer y) {
    MemorySegment from = x.segment();
    MemorySegment to = y.segment();
    long bytes = x.type().dtype().bytes();
    return Tasks.of(
        Cut.elements(x.type().size()),
        (chunk, first, end) ->
            MemorySegment.copy(from, first * bytes, to, first * bytes, (end - first) * bytes));
  }

  /** Every chunk makes some rows of the result, 32 at a time. */
  static Task transpose(Buffer x, Buffer y) {
    long m = x.type().shape().rows();
    long n = x.type().shape().columns();
    int bytes = x.type().dtype().bytes();
    long grain = Math.max(1, Cut.GRAIN / (TILE * m)) * TILE;
    return Tasks.of(
        new Cut(n, grain),
        (chunk, from, to) -> {
          for (long j = from; j < to; j += TILE) {
            int width = (int) Math.min(TILE, to - j);
            for (long i = 0; i < m; i += TILE) {
              int height = (int) Math.min(TILE, m - i);
              switch (bytes) {
                case 1 -> tile1(x.segment(), y.segment(), i, j, height, width, m, n);
                case 4 -> tile4(x.segment(), y.segment(), i, j, height, width, m, n);
                default -> tile8(x.segment(), y.segment(), i, j, height, width, m, n);
              }
            }
          }
        });
  }

  private static void tile1(
      MemorySegment x, MemorySegment y, long i, long j, int height, int width, long m, long n) {
    for (int c = 0; c < width; c++) {
      for (int r = 0; r < height; r++) {
        y.set(JAVA_BYTE, (j + c) * m + i + r, x.get(JAVA_BYTE, (i + r) * n + j + c));
      }
    }
  }

  private static void tile4(
      MemorySegment x, MemorySegment y, long i, long j, int height, int width, long m, long n) {
    for (int c = 0; c < width; c++) {
      for (int r = 0; r < height; r++) {
        y.setAtIndex(JAVA_INT, (j + c) * m + i + r, x.getAtIndex(JAVA_INT, (i + r) * n + j + c));
      }
    }
  }

  private static void tile8(
      MemorySegment x, MemorySegment y, long i, long j, int height, int width, long m, long n) {
    for (int c = 0; c < width; c++) {
      for (int r = 0; r < height; r++) {
        y.setAtIndex(JAVA_LONG, (j + c) * m + i + r, x.getAtIndex(JAVA_LONG, (i + r) * n + j + c));
      }
    }
  }

  /** What is done with a row of n elements: from position {@code from} to position {@code to}. */
  interface RowCopy {
    void run(long from, long to, int n);
  }

  static Task gather(GatherRows op, Buffer data, Buffer indices, Buffer y) {
    if (op.to() == data.type().dtype() && op.scale() == 1 && op.shift() == 0) {
      long bytes = op.to().bytes();
      return rows(
          data,
          indices,
          (from, to, n) ->
              MemorySegment.copy(
                  data.segment(), from * bytes, y.segment(), to * bytes, n * bytes));
    }
    return rows(data, indices, (from, to, n) -> convert(op, data, from, y, to, n));
  }

  /** A task that does each gathered row. */
  static Task rows(Buffer data, Buffer indices, RowCopy copy) {
    boolean matrix = data.type().shape().rank() == 2;
    long count = data.type().shape().extent(0);
    int n = matrix ? Math.toIntExact(data.type().shape().columns()) : 1;
    return Tasks.of(
        Cut.rows(indices.type().size(), n),
        (chunk, from, to) -> {
          for (long i = from; i < to; i++) {
            int index = indices.segment().getAtIndex(JAVA_INT, i);
            if (index < 0 || index >= count) {
              throw new LaminaException(
                  "gather-rows: row number "
                      + index
                      + " at position "
                      + i
                      + ": expected 0 to "
                      + (count - 1)
                      + ", the rows of "
                      + data.type());
            }
            copy.run((long) index * n, i * n, n);
          }
        });
  }

  private static void convert(GatherRows op, Buffer data, long from, Buffer y, long to, int n) {
    Scratch s = Scratch.get();
    double scale = op.scale();
    double shift = op.shift();
    for (int j = 0; j < n; j += Scratch.BLOCK) {
      int length = Math.min(Scratch.BLOCK, n - j);
      double[] a = s.a;
      s.load(data, from + j, length, a);
      for (int i = 0; i < length; i++) {
        a[i] = scale * a[i] + shift;
      }
      s.store(a, length, y, to + j);
    }
  }

  static Task dropout(Dropout op, Buffer x, Buffer clock, Buffer y) {
    return Tasks.of(
        Cut.elements(x.type().size()),
        (chunk, from, to) -> {
          Scratch s = Scratch.get();
          for (long at = from; at < to; at += Scratch.BLOCK) {
            int n = (int) Math.min(Scratch.BLOCK, to - at);
            s.load(x, at, n, s.a);
            drop(op, clock.segment(), s, at, n);
            s.store(s.a, n, y, at);
          }
        });
  }

  private static void drop(Dropout op, MemorySegment clock, Scratch s, long at, int n) {
    Objects.checkIndex(at & 3, 1); // a block of random words belongs to four elements
    int step = clock.getAtIndex(JAVA_INT, Clock.STEP);
    long key = key(clock);
    double scale = op.scale();
    for (int i = 0; i < n; i += 4) {
      long block = (at + i) >>> 2;
      Philox.block((int) block, (int) (block >>> 32), op.stream(), step, key, s.words);
      for (int k = 0; k < 4 && i + k < n; k++) {
        s.a[i + k] = s.words[k] >>> 8 >= op.threshold() ? s.a[i + k] * scale : 0;
      }
    }
  }

  /** The clock's seed as a generator's key. */
  static long key(MemorySegment clock) {
    return clock.getAtIndex(JAVA_INT, Clock.SEED_LOW) & 0xFFFFFFFFL
        | (long) clock.getAtIndex(JAVA_INT, Clock.SEED_HIGH) << 32;
  }
}
