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
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;

/**
 * A safetensors file that is open for reading. Opening checks the whole header; tensors are then
 * read one by one, in pieces, so files may be larger than memory. Nothing is mapped: whoever cuts
 * the file short meanwhile causes an error and not a crash.
 */
public final class SafetensorsFile implements AutoCloseable {
  /**
   * The longest header that is accepted: room for a model's description as a string of JSON, or for
   * a quarter of a million tensors. As a tree it takes up to thirty times as much memory.
   */
  static final long MAX_HEADER = 2L * Json.MAX_FILE_BYTES;

  private static final int CHUNK = 1 << 24;
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path path;
  private final FileChannel channel;
  private final long dataStart;
  private final SafetensorsHeader header;

  private SafetensorsFile(
      Path path, FileChannel channel, long dataStart, SafetensorsHeader header) {
    this.path = path;
    this.channel = channel;
    this.dataStart = dataStart;
    this.header = header;
  }

  static SafetensorsFile open(Path path) {
    requireLittleEndian();
    FileChannel channel = null;
    SafetensorsFile opened = null;
    try {
      IoFailure.requireRegular(path);
      channel = FileChannel.open(path, StandardOpenOption.READ);
      opened = check(path, channel);
      return opened;
    } catch (IOException e) {
      throw IoFailure.reading(path, e);
    } finally {
      if (opened == null && channel != null) {
        closeQuietly(channel);
      }
    }
  }

  private static SafetensorsFile check(Path path, FileChannel channel) throws IOException {
    long size = channel.size();
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    if (size < 8) {
      throw new LaminaException(
          path + ": " + size + " bytes are too few for a safetensors file; it is truncated");
    }
    readFully(path, channel, length, 0);
    long headerBytes = length.getLong(0);
    if (headerBytes < 2 || headerBytes > MAX_HEADER) {
      throw new LaminaException(
          path
              + ": byte 0: the header's length reads "
              + Long.toUnsignedString(headerBytes)
              + "; expected 2 to "
              + MAX_HEADER
              + ". This is no safetensors file, or it is damaged");
    }
    if (headerBytes > size - 8) {
      throw new LaminaException(
          path
              + ": byte 8: the header should have "
              + headerBytes
              + " bytes, but only "
              + (size - 8)
              + " are left; the file is truncated");
    }
    ByteBuffer text = ByteBuffer.allocate((int) headerBytes);
    readFully(path, channel, text, 8);
    if (text.get(0) != '{') {
      throw new LaminaException(
          path + ": byte 8: the header must start with '{'; this is no safetensors file");
    }
    String place = path + ": header";
    JsonNode root = Json.parse(text.array(), place);
    long dataStart = 8 + headerBytes;
    return new SafetensorsFile(
        path,
        channel,
        dataStart,
        SafetensorsHeader.parse(root, path.toString(), dataStart, size - dataStart));
  }

  /** What the file holds, by name, in the order of the data. */
  public Map<String, SafetensorsEntry> entries() {
    return Collections.unmodifiableMap(header.tensors());
  }

  /** The names of the tensors. */
  public Collection<String> names() {
    return entries().keySet();
  }

  /** The file's {@code __metadata__}; empty if there is none. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(header.metadata());
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** Reads a tensor to memory that lives as long as it is reachable. */
  public TensorData read(String name) {
    return read(name, Arena.ofAuto());
  }

  /**
   * Reads a tensor to memory of an arena. F32, F64, I32 and U8 come as they are; F16 and BF16 are
   * widened to FP32, exactly; I64 becomes INT32 if every number fits.
   *
   * @throws LaminaException if there is no such tensor or its type cannot be read
   */
  public TensorData read(String name, Arena arena) {
    SafetensorsEntry entry = header.tensors().get(name);
    if (entry == null) {
      throw new LaminaException(
          path + ": there is no tensor " + Quote.of(name) + "; there are " + Quote.list(names()));
    }
    SafetensorsType stored = SafetensorsType.valueOf(entry.dtype());
    DType dtype =
        stored
            .readAs()
            .orElseThrow(() ->
                error(
                    name,
                    "elements of type "
                        + stored
                        + " cannot be used; convert them to one of "
                        + SafetensorsType.readable()));
    long[] extents = entry.shape().stream().mapToLong(Long::longValue).toArray();
    for (long extent : extents) {
      if (extent == 0) {
        throw error(name, "shape " + Quote.plain(entry.shape().toString()) + " has no elements");
      }
    }
    TensorType type = new TensorType(dtype, Shape.of(extents));
    MemorySegment data =
        HostMemory.allocate(arena, type.bytes(), "tensor " + Quote.of(name) + " of " + path);
    if (stored == SafetensorsType.of(dtype)) {
      readInto(data, dataStart + entry.begin());
    } else {
      convert(stored, entry, data);
    }
    return new TensorData(name, type, data);
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

  private void convert(SafetensorsType stored, SafetensorsEntry entry, MemorySegment target) {
    int width = stored.bits() / 8;
    long count = (entry.end() - entry.begin()) / width;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment piece = arena.allocate(Math.min(CHUNK, count * width), 8);
      long perPiece = piece.byteSize() / width;
      for (long done = 0; done < count; done += perPiece) {
        long n = Math.min(perPiece, count - done);
        readInto(piece.asSlice(0, n * width), dataStart + entry.begin() + done * width);
        for (long i = 0; i < n; i++) {
          convertElement(stored, entry, piece, i, target, done + i);
        }
      }
    }
  }

  private void convertElement(
      SafetensorsType stored,
      SafetensorsEntry entry,
      MemorySegment piece,
      long i,
      MemorySegment target,
      long to) {
    switch (stored) {
      case F16 ->
          target.setAtIndex(
              ValueLayout.JAVA_FLOAT, to, Float.float16ToFloat(piece.getAtIndex(SHORT, i)));
      case BF16 ->
          target.setAtIndex(
              ValueLayout.JAVA_FLOAT, to, BFloat16.toFloat(piece.getAtIndex(SHORT, i)));
      case I64 -> {
        long number = piece.getAtIndex(LONG, i);
        if (number != (int) number) {
          throw error(
              entry.name(),
              "element "
                  + to
                  + " at byte "
                  + (dataStart + entry.begin() + 8 * to)
                  + " is "
                  + number
                  + ", which does not fit in INT32");
        }
        target.setAtIndex(ValueLayout.JAVA_INT, to, (int) number);
      }
      default -> throw new IllegalStateException("no conversion from " + stored);
    }
  }

  private LaminaException error(String tensor, String what) {
    return SafetensorsHeader.error(path.toString(), tensor, what);
  }

  private static void readFully(Path path, FileChannel channel, ByteBuffer target, long position)
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

  /** The format is little-endian, and so is every machine that a backend exists for. */
  static void requireLittleEndian() {
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw new LaminaException("safetensors files need a little-endian machine");
    }
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException ignored) {
      // It was only read.
    }
  }

  /** Closes the file; what was read stays. */
  @Override
  public void close() {
    closeQuietly(channel);
  }
}
