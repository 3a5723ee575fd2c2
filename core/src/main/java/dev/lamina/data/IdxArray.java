package dev.lamina.data;

import dev.lamina.LaminaException;
import dev.lamina.type.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The content of an IDX file: two zero bytes, the element type, the number of axes, the extents as
 * big-endian integers, then the elements, row-major and big-endian.
 *
 * @param extents the extents, outermost first, each at least 1
 * @param width the bytes of an element in the file
 * @param dtype UINT8 for unsigned bytes, FP32 for everything else
 * @param data the elements
 */
record IdxArray(int[] extents, int width, DType dtype, MemorySegment data) {
  private static final int CHUNK = 1 << 20;
  private static final int MAX_RANK = 8;
  private static final long MAX_ELEMENTS = 1L << 40;

  static IdxArray read(Path file, Arena arena) {
    try (IdxInput in = new IdxInput(file)) {
      int magic = in.readInt("the magic number");
      int code = magic >>> 8 & 0xFF;
      int rank = magic & 0xFF;
      int width = width(code);
      if (magic >>> 16 != 0 || width == 0 || rank < 1 || rank > MAX_RANK) {
        throw in.at(
            0,
            String.format(
                "the magic number is 0x%08x; expected 0x0000TTDD with the element type TT (08 for"
                    + " bytes) and the number of axes DD. This is no IDX file",
                magic));
      }
      int[] extents = new int[rank];
      long elements = 1;
      for (int axis = 0; axis < rank; axis++) {
        extents[axis] = in.readInt("the extents");
        if (extents[axis] < 1) {
          throw in.at(
              in.offset() - 4,
              "axis "
                  + (axis + 1)
                  + " has "
                  + Integer.toUnsignedString(extents[axis])
                  + " elements; expected 1 to 2147483647");
        }
        if (elements > MAX_ELEMENTS / extents[axis]) {
          throw in.at(in.offset() - 4, Arrays.toString(extents) + " elements are too many");
        }
        elements *= extents[axis];
      }
      in.requireLeft(elements * width, "elements");
      DType dtype = code == 0x08 ? DType.UINT8 : DType.FP32;
      try (ArrivingMemory memory =
          new ArrivingMemory(arena, elements * dtype.bytes(), in.isPacked(), file.toString())) {
        readElements(in, code, width, elements, memory);
        in.requireEnd();
        return new IdxArray(extents, width, dtype, memory.whole());
      }
    }
  }

  private static int width(int code) {
    return switch (code) {
      case 0x08, 0x09 -> 1;
      case 0x0B -> 2;
      case 0x0C, 0x0D -> 4;
      case 0x0E -> 8;
      default -> 0;
    };
  }

  private static void readElements(
      IdxInput in, int code, int width, long elements, ArrivingMemory memory) {
    int perChunk = (int) Math.min(CHUNK / width, elements);
    byte[] chunk = new byte[perChunk * width];
    for (long done = 0; done < elements; done += perChunk) {
      int n = (int) Math.min(perChunk, elements - done);
      long start = in.offset();
      in.readFully(chunk, n * width, "the elements");
      if (code == 0x08) {
        MemorySegment.copy(chunk, 0, memory.upTo(done + n), ValueLayout.JAVA_BYTE, done, n);
      } else {
        MemorySegment data = memory.upTo(4 * (done + n));
        ByteBuffer bytes = ByteBuffer.wrap(chunk);
        for (int i = 0; i < n; i++) {
          float value = element(bytes, code, i * width);
          if (!Float.isFinite(value)) {
            throw in.at(start + (long) i * width, "the element is " + value + ", not finite");
          }
          data.setAtIndex(ValueLayout.JAVA_FLOAT, done + i, value);
        }
      }
    }
  }

  private static float element(ByteBuffer bytes, int code, int at) {
    return switch (code) {
      case 0x09 -> bytes.get(at);
      case 0x0B -> bytes.getShort(at);
      case 0x0C -> bytes.getInt(at);
      case 0x0D -> bytes.getFloat(at);
      default -> (float) bytes.getDouble(at);
    };
  }

  /** The number of rows. */
  int rows() {
    return extents[0];
  }

  /** The number of elements in a row. */
  long columns() {
    long columns = 1;
    for (int axis = 1; axis < extents.length; axis++) {
      columns *= extents[axis];
    }
    return columns;
  }

  /** The elements as class numbers, and the greatest. */
  int toLabels(Path file, MemorySegment labels) {
    int greatest = 0;
    for (long i = 0; i < rows(); i++) {
      double value =
          dtype == DType.UINT8
              ? data.get(ValueLayout.JAVA_BYTE, i) & 0xFF
              : data.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      if (value < 0 || value > Idx.MAX_CLASSES - 1 || value != Math.rint(value)) {
        throw new LaminaException(
            file
                + ": element "
                + (i + 1)
                + " at byte "
                + (8 + i * width)
                + ": the label is "
                + value
                + "; expected a whole number from 0 to "
                + (Idx.MAX_CLASSES - 1));
      }
      labels.setAtIndex(ValueLayout.JAVA_INT, i, (int) value);
      greatest = Math.max(greatest, (int) value);
    }
    return greatest;
  }
}
