package dev.lamina.type;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The extents of a tensor, outermost first; elements lie in row-major order. {@code []} is a
 * scalar, {@code [n]} a row vector, {@code [m, n]} a matrix of m rows. Every extent is at least 1
 * and a shape has at most 2<sup>40</sup> elements.
 */
public final class Shape {
  private static final long MAX_ELEMENTS = 1L << 40;
  private static final Shape SCALAR = new Shape(new long[0], 1);

  private final long[] extents;
  private final long size;

  private Shape(long[] extents, long size) {
    this.extents = extents;
    this.size = size;
  }

  /**
   * A shape with these extents.
   *
   * @throws ShapeException if an extent is below 1 or there are too many elements
   */
  public static Shape of(long... extents) {
    if (extents.length == 0) {
      return SCALAR;
    }
    long size = 1;
    for (long extent : extents) {
      if (extent < 1 || extent > MAX_ELEMENTS / size) {
        throw new ShapeException(
            "shape "
                + Arrays.toString(extents)
                + ": every extent must be at least 1 and the product at most 2^40");
      }
      size *= extent;
    }
    return new Shape(extents.clone(), size);
  }

  /** The shape of a single number, {@code []}. */
  public static Shape scalar() {
    return SCALAR;
  }

  /** The number of axes. */
  public int rank() {
    return extents.length;
  }

  /** The extent of an axis; negative axes count from the last. */
  public long extent(int axis) {
    int index = axis < 0 ? axis + extents.length : axis;
    if (index < 0 || index >= extents.length) {
      throw new ShapeException("axis " + axis + " of shape " + this + " does not exist");
    }
    return extents[index];
  }

  /** The number of elements. */
  public long size() {
    return size;
  }

  /** The last extent, 1 for a scalar: the length of a row. */
  public long columns() {
    return extents.length == 0 ? 1 : extents[extents.length - 1];
  }

  /** The number of rows: the product of all extents but the last. */
  public long rows() {
    return size / columns();
  }

  /** Whether this is a scalar or has just one element. */
  public boolean isSingle() {
    return size == 1;
  }

  /**
   * Another shape of as many elements.
   *
   * @param wanted its extents, one of which may be -1 and is worked out
   * @throws ShapeException if there is none
   */
  public Shape reshaped(long... wanted) {
    long[] found = wanted.clone();
    long known = 1;
    int open = -1;
    for (int i = 0; i < found.length; i++) {
      if (found[i] == -1 && open < 0) {
        open = i;
      } else {
        known *= found[i];
      }
    }
    if (open >= 0) {
      found[open] = known > 0 ? size / known : 0;
    }
    Shape shape = of(found);
    if (shape.size != size) {
      throw new ShapeException(
          "reshape of " + this + " to " + shape + ": expected " + size + " elements");
    }
    return shape;
  }

  /** A matrix's shape with its axes exchanged. */
  public Shape transposed() {
    if (extents.length != 2) {
      throw new ShapeException(
          "transpose of shape " + this + ": expected a matrix [rows, columns]");
    }
    return of(extents[1], extents[0]);
  }

  /** A copy of the extents. */
  public long[] extents() {
    return extents.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(extents, shape.extents);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(extents);
  }

  /** For example {@code [128, 784]}. */
  @Override
  public String toString() {
    return Arrays.stream(extents)
        .mapToObj(Long::toString)
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
