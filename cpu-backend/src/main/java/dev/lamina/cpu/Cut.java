package dev.lamina.cpu;

/**
 * How a range of elements or rows is cut into chunks of {@code grain}, the last one shorter. It
 * depends on shapes only, so that results do not depend on the number of threads.
 *
 * @param size how many elements or rows there are
 * @param grain how many of them a chunk has
 */
record Cut(long size, long grain) {
  /**
   * Elements of a chunk: a few microseconds of work, many times what it costs to hand out a chunk,
   * and a multiple of every block and vector length, so that chunks write whole cache lines.
   */
  static final int GRAIN = 1 << 14;

  /** What a row costs beside its elements, as a number of elements. */
  private static final int ROW_COST = 64;

  /** Cuts elements that are computed one by one. */
  static Cut elements(long size) {
    return new Cut(size, GRAIN);
  }

  /** Cuts rows of so many elements each. */
  static Cut rows(long rows, long columns) {
    return new Cut(rows, Math.max(1, GRAIN / (columns + ROW_COST)));
  }

  /** The number of chunks. */
  int chunks() {
    return Math.toIntExact((size + grain - 1) / grain);
  }

  /** Where a chunk starts. */
  long from(int chunk) {
    return chunk * grain;
  }

  /** Where a chunk ends, exclusive. */
  long to(int chunk) {
    return Math.min(size, (chunk + 1) * grain);
  }
}
