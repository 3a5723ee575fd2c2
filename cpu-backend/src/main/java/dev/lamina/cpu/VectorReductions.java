package dev.lamina.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.lamina.op.Reduce;
import dev.lamina.op.Reduce.Kind;
import dev.lamina.type.Shape;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Sums, means and maxima, and a formula with its column sums. */
final class VectorReductions {
  /** Elements added in single precision before the sum goes on in double. */
  private static final int BLOCK = 1 << 12;

  private VectorReductions() {}

  static List<Task> reduce(Reduce op, Buffer x, Buffer y, Workspace workspace) {
    Shape shape = x.type().shape();
    double scale = op.kind() == Kind.MEAN ? 1.0 / op.count(shape) : 1;
    boolean max = op.kind() == Kind.MAX;
    return switch (op.axis()) {
      case ALL -> all(max, scale, x, y, workspace);
      case COLUMNS -> List.of(alongRows(max, scale, x.segment(), x, y.segment()));
      case ROWS -> downColumns(max, (float) scale, x, y, workspace);
    };
  }

  private static List<Task> all(
      boolean max, double scale, Buffer x, Buffer y, Workspace workspace) {
    MemorySegment in = x.segment();
    Cut cut = Cut.elements(x.type().size());
    Partials partials = new Partials(cut.chunks(), workspace);
    Task work =
        Tasks.of(
            cut,
            (chunk, from, to) -> {
              int n = (int) (to - from);
              partials.set(chunk, max ? VectorRows.max(in, 4 * from, n) : sum(in, 4 * from, n));
            });
    return Tasks.then(work, () -> Scratch.set(y, 0, max ? partials.max() : partials.sum() * scale));
  }

  private static Task alongRows(
      boolean max, double scale, MemorySegment in, Buffer x, MemorySegment out) {
    return VectorSoftmax.rows(
        x,
        (at, n) -> {
          float result = max ? VectorRows.max(in, at, n) : (float) (sum(in, at, n) * scale);
          out.setAtIndex(JAVA_FLOAT, at / (4L * n), result);
        });
  }

  private static double sum(MemorySegment x, long at, int n) {
    double sum = 0;
    for (int i = 0; i < n; i += BLOCK) {
      sum += VectorRows.sum(x, at + 4L * i, Math.min(BLOCK, n - i));
    }
    return sum;
  }

  private static List<Task> downColumns(
      boolean max, float scale, Buffer x, Buffer y, Workspace workspace) {
    MemorySegment in = x.segment();
    Strips strips = Strips.of(x.type().shape(), y.segment(), workspace);
    return strips.tasks(
        max,
        scale,
        (at, columns, rows, pitch, sums, to) -> {
          if (max) {
            VectorColumns.max(in, at, columns, rows, pitch, sums, to);
          } else {
            VectorColumns.clear(sums, to, columns);
            VectorColumns.add(in, at, columns, rows, pitch, sums, to);
          }
        });
  }

  /** A formula over a matrix, and the sums of the columns of its result z. */
  static List<Task> mapWithColumnSums(
      FormulaTask formula, Buffer z, Buffer sums, Workspace workspace) {
    ColumnSums both = new ColumnSums(formula, z, true);
    Strips strips = Strips.of(z.type().shape(), sums.segment(), workspace);
    Buffer partials = new Buffer(strips.partials(), sums.type());
    return strips.tasks(
        false,
        1,
        (at, columns, rows, pitch, results, to) ->
            both.run(at / 4, rows, columns, partials, to / 4));
  }
}
