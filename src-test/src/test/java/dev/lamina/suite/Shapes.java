package dev.lamina.suite;

import dev.lamina.type.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Awkward shapes: one, odd, a power of two, just past one, not a multiple of any vector's or
 * block's length, and a few that span several chunks of work.
 */
final class Shapes {
  /** The extents that most shapes are made of. */
  static final List<Integer> EXTENTS = List.of(1, 2, 13, 64, 207, 1000);

  /** For operations that do not care for rows. */
  static final List<Shape> ANY =
      List.of(
          Shape.scalar(),
          Shape.of(1),
          Shape.of(2),
          Shape.of(13),
          Shape.of(64),
          Shape.of(207),
          Shape.of(1000),
          Shape.of(4097),
          Shape.of(13, 64),
          Shape.of(207, 13),
          Shape.of(1, 1000),
          Shape.of(2, 3, 13),
          Shape.of(300, 517));

  /** For operations on rows or columns. */
  static final List<Shape> MATRICES = matrices();

  /** A few matrices, for every combination of attributes. */
  static final List<Shape> FEW_MATRICES =
      List.of(Shape.of(1, 1), Shape.of(13, 2), Shape.of(2, 207), Shape.of(64, 13));

  private Shapes() {}

  private static List<Shape> matrices() {
    List<Shape> shapes = new ArrayList<>();
    for (int rows : EXTENTS) {
      for (int columns : EXTENTS) {
        if (rows * columns <= 70_000) {
          shapes.add(Shape.of(rows, columns));
        }
      }
    }
    shapes.add(Shape.of(300, 517));
    shapes.add(Shape.of(4097, 3));
    shapes.add(Shape.of(3, 4097));
    return List.copyOf(shapes);
  }
}
