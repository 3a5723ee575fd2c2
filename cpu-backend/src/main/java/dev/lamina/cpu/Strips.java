package dev.lamina.cpu;

import dev.lamina.type.Shape;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * How a matrix is cut for results that belong to its columns: into strips of some columns and rows,
 * each with partial results of its own, which are then combined from the top down. A matrix that is
 * not high needs no combining.
 *
 * <p>The width was measured on [128, 512], [1024, 512] and [512, 4096]: with pieces of rows of 1
 * KiB a strip takes 1.2 to 1.3 times as long as the same work without column sums along whole rows;
 * with 256 bytes, which leaves the sums in registers, 1.0, 1.2 and 2.5 times.
 *
 * @param rows of the matrix
 * @param columns of the matrix
 * @param width columns of a strip
 * @param height rows of a strip
 * @param results a number for each column
 * @param partials the same for each height, one after the other; the results if there is just one
 */
record Strips(
    long rows,
    long columns,
    int width,
    long height,
    MemorySegment results,
    MemorySegment partials) {
  private static final int WIDTH = 256;

  private static final int HEIGHT = 256;

  /** What is done with a strip. */
  interface Strip {
    /**
     * @param at the byte where its first element lies
     * @param columns how many columns it has
     * @param rows how many rows it has
     * @param pitch bytes from a row to the next
     * @param results where the result of its first column goes
     * @param to the byte there
     */
    void run(long at, int columns, int rows, long pitch, MemorySegment results, long to);
  }

  static Strips of(Shape shape, MemorySegment results, Workspace workspace) {
    long columns = shape.columns();
    long rows = shape.rows();
    int width = (int) Math.min(WIDTH, columns);
    long height = Math.max(HEIGHT, (long) HEIGHT * WIDTH / width);
    if (rows <= height) {
      return new Strips(rows, columns, width, rows, results, results);
    }
    long heights = (rows + height - 1) / height;
    return new Strips(
        rows, columns, width, height, results, workspace.allocate(4 * columns * heights));
  }

  private long across() {
    return (columns + width - 1) / width;
  }

  private int heights() {
    return Math.toIntExact((rows + height - 1) / height);
  }

  /**
   * The tasks that do every strip and combine what they found.
   *
   * @param max whether the largest partial result is taken, or else their sum
   * @param scale what the result is multiplied by
   */
  List<Task> tasks(boolean max, float scale, Strip strip) {
    long across = across();
    Task work =
        Tasks.of(
            new Cut(across * heights(), 1),
            (chunk, from, to) -> {
              long column = from % across * width;
              long i = from / across;
              strip.run(
                  4 * (i * height * columns + column),
                  (int) Math.min(width, columns - column),
                  (int) Math.min(height, rows - i * height),
                  4 * columns,
                  partials,
                  4 * (i * columns + column));
            });
    if (heights() == 1 && scale == 1) {
      return List.of(work);
    }
    Task combine =
        Tasks.of(
            Cut.elements(columns),
            (chunk, from, to) ->
                VectorColumns.combine(
                    max,
                    scale,
                    partials,
                    results,
                    4 * from,
                    (int) (to - from),
                    columns,
                    heights()));
    return List.of(work, combine);
  }
}
