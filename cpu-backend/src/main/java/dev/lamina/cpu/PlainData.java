package dev.lamina.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.lamina.LaminaException;
import dev.lamina.op.BlockCopy;
import dev.lamina.op.GatherRows;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Moving elements: copies, transposition, gathering rows. */
final class PlainData {
  /** Rows and columns of a tile that is transposed at a time. */
  private static final int TILE = 64; // a tile fills a block

  private PlainData() {}

  /** One task for each block that is not in its place already. */
  static List<Task> blocks(BlockCopy op, List<Buffer> in, Buffer y) {
    List<Task> tasks = new ArrayList<>();
    for (BlockCopy.Block block : op.blocks(in.stream().map(Buffer::type).toList())) {
      Buffer x = in.get(block.input());
      if (x.segment().address() != y.segment().address()) {
        tasks.add(block(block, x.segment(), y.segment(), y.type().dtype().bytes()));
      }
    }
    return tasks;
  }

  /** y = x, of one type. */
  static Task copy(Buffer x, Buffer y) {
    return contiguous(x.segment(), 0, y.segment(), 0, x.type().size(), x.type().dtype().bytes());
  }

  private static Task contiguous(
      MemorySegment x, long from, MemorySegment y, long to, long size, long bytes) {
    return Tasks.of(
        Cut.elements(size),
        (chunk, first, end) ->
            MemorySegment.copy(
                x, from + first * bytes, y, to + first * bytes, (end - first) * bytes));
  }

  private static Task block(BlockCopy.Block b, MemorySegment x, MemorySegment y, long bytes) {
    long from = b.from() * bytes;
    long to = b.to() * bytes;
    if (b.rows() == 1) {
      return contiguous(x, from, y, to, b.columns(), bytes);
    }
    return Tasks.of(
        Cut.rows(b.rows(), b.columns()),
        (chunk, first, end) -> {
          for (long i = first; i < end; i++) {
            MemorySegment.copy(
                x,
                from + i * b.fromPitch() * bytes,
                y,
                to + i * b.toPitch() * bytes,
                b.columns() * bytes);
          }
        });
  }

  /** Every chunk makes some rows of the result, a tile at a time. */
  static Task transpose(Buffer x, Buffer y) {
    long m = x.type().shape().rows();
    long n = x.type().shape().columns();
    long grain = Math.max(1, Cut.GRAIN / (TILE * m)) * TILE;
    return Tasks.of(
        new Cut(n, grain),
        (chunk, from, to) -> {
          Scratch s = Scratch.get();
          for (long j = from; j < to; j += TILE) {
            int width = (int) Math.min(TILE, to - j);
            for (long i = 0; i < m; i += TILE) {
              transpose(s, x, i * n + j, n, y, j * m + i, m, (int) Math.min(TILE, m - i), width);
            }
          }
        });
  }

  private static void transpose(
      Scratch s, Buffer x, long from, long n, Buffer y, long to, long m, int height, int width) {
    double[] row = s.a;
    double[] tile = s.b;
    for (int r = 0; r < height; r++) {
      s.load(x, from + r * n, width, row);
      for (int c = 0; c < width; c++) {
        tile[c * TILE + r] = row[c];
      }
    }
    for (int c = 0; c < width; c++) {
      System.arraycopy(tile, c * TILE, row, 0, height);
      s.store(row, height, y, to + c * m);
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
              MemorySegment.copy(data.segment(), from * bytes, y.segment(), to * bytes, n * bytes));
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
}
