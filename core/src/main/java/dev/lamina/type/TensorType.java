package dev.lamina.type;

import java.util.Objects;

/** An element type and a shape: all that is known of a tensor before it has memory. */
public record TensorType(DType dtype, Shape shape) {
  /** Checks that both are there. */
  public TensorType {
    Objects.requireNonNull(dtype, "dtype");
    Objects.requireNonNull(shape, "shape");
  }

  /** A type of this element type with these extents. */
  public static TensorType of(DType dtype, long... extents) {
    return new TensorType(dtype, Shape.of(extents));
  }

  /** The number of elements. */
  public long size() {
    return shape.size();
  }

  /** The number of bytes that the elements take, without padding. */
  public long bytes() {
    return shape.size() * dtype.bytes();
  }

  /** This shape with other elements. */
  public TensorType as(DType other) {
    return new TensorType(other, shape);
  }

  /** These elements in another shape. */
  public TensorType as(Shape other) {
    return new TensorType(dtype, other);
  }

  /** For example {@code FP32[128, 784]}. */
  @Override
  public String toString() {
    return dtype.toString() + shape;
  }
}
