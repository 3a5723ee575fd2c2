package dev.lamina.cpu;

/**
 * A {@link DoubleProduct} in loops over arrays that C2 vectorises: eight rows of B are added to a
 * row of sums at once, so that a sum is loaded and stored once for eight multiplications.
 */
final class PlainDoubleProduct extends DoubleProduct {
  private static final int HEIGHT = 4;

  PlainDoubleProduct(GemmProblem problem, Tiling tiling, WorkerPool pool, Scratch[] scratch) {
    super(problem, tiling, pool, scratch);
  }

  @Override
  int panelRows() {
    return HEIGHT;
  }

  @Override
  int panelColumns(int columns) {
    return columns;
  }

  @Override
  void multiply(
      double[] a,
      int aAt,
      double[] b,
      int bAt,
      double[] sums,
      int at,
      int depth,
      int width,
      boolean first) {
    if (first) {
      java.util.Arrays.fill(sums, at, at + HEIGHT * width, 0);
    }
    int p = 0;
    for (; p + 8 <= depth; p += 8) {
      for (int row = 0; row < HEIGHT; row++) {
        addEight(a, aAt + p * HEIGHT + row, b, bAt + p * width, sums, at + row * width, width);
      }
    }
    for (; p < depth; p++) {
      for (int row = 0; row < HEIGHT; row++) {
        addOne(a[aAt + p * HEIGHT + row], b, bAt + p * width, sums, at + row * width, width);
      }
    }
  }

  private static void addOne(double x, double[] b, int from, double[] sums, int at, int width) {
    for (int j = 0; j < width; j++) {
      sums[at + j] += x * b[from + j];
    }
  }

  private static void addEight(
      double[] a, int aAt, double[] b, int from, double[] sums, int at, int width) {
    double x0 = a[aAt];
    double x1 = a[aAt + HEIGHT];
    double x2 = a[aAt + 2 * HEIGHT];
    double x3 = a[aAt + 3 * HEIGHT];
    double x4 = a[aAt + 4 * HEIGHT];
    double x5 = a[aAt + 5 * HEIGHT];
    double x6 = a[aAt + 6 * HEIGHT];
    double x7 = a[aAt + 7 * HEIGHT];
    int b1 = from + width;
    int b2 = b1 + width;
    int b3 = b2 + width;
    int b4 = b3 + width;
    int b5 = b4 + width;
    int b6 = b5 + width;
    int b7 = b6 + width;
    for (int j = 0; j < width; j++) {
      sums[at + j] +=
          x0 * b[from + j]
              + x1 * b[b1 + j]
              + x2 * b[b2 + j]
              + x3 * b[b3 + j]
              + x4 * b[b4 + j]
              + x5 * b[b5 + j]
              + x6 * b[b6 + j]
              + x7 * b[b7 + j];
    }
  }
}
