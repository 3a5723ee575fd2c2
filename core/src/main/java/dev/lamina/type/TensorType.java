package dev.lamina.type;

import java.lang.foreign.MemorySegment;
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

  /**
   * Checks that host memory holds just this tensor: its size and, where it lies in a Java array,
   * the array's elements, which are {@code short} for BF16; bytes may be anything.
   *
   * @param what whose memory it is, for the message
   * @throws ShapeException if not
   */
  public void checkHost(String what, MemorySegment host) {
    if (host.byteSize() != bytes()) {
      throw new ShapeException(
          what + ": " + this + " has " + bytes() + " bytes, the host's memory " + host.byteSize());
    }
    Class<?> expected =
        switch (dtype) {
          case FP32 -> float[].class;
          case FP64 -> double[].class;
          case BF16 -> short[].class;
          case INT32 -> int[].class;
          case UINT8 -> byte[].class;
        };
    Class<?> found = host.heapBase().<Class<?>>map(Object::getClass).orElse(expected);
    if (found != expected && found != byte[].class) {
      throw new ShapeException(
          what
              + ": "
              + this
              + " lies in a "
              + expected.getSimpleName()
              + ", the host's memory is a "
              + found.getSimpleName()
              + "; convert the numbers first");
    }
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
