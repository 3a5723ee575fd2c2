package dev.lamina.io;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import dev.lamina.type.BFloat16;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A tensor in an open file, read and converted in pieces. */
final class SafetensorsTensor implements TensorSource {
  private static final int CHUNK = 1 << 24;
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path path;
  private final FileChannel channel;
  private final SafetensorsEntry entry;
  private final SafetensorsType stored;
  private final TensorType type;
  private final long start;

  /**
   * A tensor.
   *
   * @param dataStart where in the file the data of all tensors begin
   * @throws LaminaException if its elements cannot be used, or it has none
   */
  SafetensorsTensor(Path path, FileChannel channel, long dataStart, SafetensorsEntry entry) {
    this.path = path;
    this.channel = channel;
    this.entry = entry;
    stored = SafetensorsType.valueOf(entry.dtype());
    start = dataStart + entry.begin();
    DType dtype =
        stored
            .readAs()
            .orElseThrow(() ->
                error(
                    "elements of type "
                        + stored
                        + " cannot be used; convert them to one of "
                        + SafetensorsType.readable()));
    long[] extents = entry.shape().stream().mapToLong(Long::longValue).toArray();
    for (long extent : extents) {
      if (extent == 0) {
        throw error("shape " + Quote.plain(entry.shape().toString()) + " has no elements");
      }
    }
    type = new TensorType(dtype, Shape.of(extents));
  }

  @Override
  public String name() {
    return entry.name();
  }

  @Override
  public TensorType type() {
    return type;
  }

  @Override
  public void read(long offset, MemorySegment target) {
    if (stored == SafetensorsType.of(type.dtype())) {
      readInto(target, start + offset);
    } else {
      convert(offset / type.dtype().bytes(), target);
    }
  }

  private void convert(long first, MemorySegment target) {
    int width = stored.bits() / 8;
    long count = target.byteSize() / type.dtype().bytes();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment piece = arena.allocate(Math.min(CHUNK, count * width), 8);
      long perPiece = piece.byteSize() / width;
      for (long done = 0; done < count; done += perPiece) {
        long n = Math.min(perPiece, count - done);
        readInto(piece.asSlice(0, n * width), start + (first + done) * width);
        for (long i = 0; i < n; i++) {
          convertElement(piece, i, first + done + i, target, done + i);
        }
      }
    }
  }

  /** Converts element {@code i} of a piece, which is element {@code number} of the tensor. */
  private void convertElement(
      MemorySegment piece, long i, long number, MemorySegment target, long to) {
    switch (stored) {
      case F16 -> setFloat(target, to, Float.float16ToFloat(piece.getAtIndex(SHORT, i)));
      case BF16 -> setFloat(target, to, BFloat16.toFloat(piece.getAtIndex(SHORT, i)));
      case I64 -> {
        long value = piece.getAtIndex(LONG, i);
        if (value != (int) value) {
          throw error(
              "element "
                  + number
                  + " at byte "
                  + (start + 8 * number)
                  + " is "
                  + value
                  + ", which does not fit in INT32");
        }
        target.setAtIndex(ValueLayout.JAVA_INT, to, (int) value);
      }
      default -> throw new IllegalStateException("no conversion from " + stored);
    }
  }

  private static void setFloat(MemorySegment target, long to, float value) {
    target.setAtIndex(ValueLayout.JAVA_FLOAT, to, value);
  }

  private void readInto(MemorySegment target, long position) {
    try {
      for (long done = 0; done < target.byteSize(); ) {
        long n = Math.min(CHUNK, target.byteSize() - done);
        readFully(path, channel, target.asSlice(done, n).asByteBuffer(), position + done);
        done += n;
      }
    } catch (IOException e) {
      throw IoFailure.reading(path, e);
    }
  }

  private LaminaException error(String what) {
    return SafetensorsHeader.error(path.toString(), entry.name(), what);
  }

  static void readFully(Path path, FileChannel channel, ByteBuffer target, long position)
      throws IOException {
    long at = position;
    while (target.hasRemaining()) {
      int n = channel.read(target, at);
      if (n < 0) {
        throw new LaminaException(
            path + ": byte " + at + ": the file ends here; someone cut it short meanwhile");
      }
      at += n;
    }
  }
}
