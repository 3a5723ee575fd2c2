package dev.lamina.fuzz;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;

/**
 * The numbers of an IDX file, packed or not, read by its definition (yann.lecun.com/exdb/mnist) and
 * nothing else: what the reader says is compared with them.
 *
 * @param ofBytes whether they are bytes without a sign
 */
record PlainIdx(int[] extents, boolean ofBytes, double[] values) {
  static PlainIdx of(byte[] file) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(unpacked(file));
    int magic = in.getInt();
    Reader.require(magic >>> 16 == 0, "the magic number does not begin with zeros");
    int[] extents = new int[magic & 0xFF];
    int size = 1;
    for (int i = 0; i < extents.length; i++) {
      extents[i] = in.getInt();
      size = Math.multiplyExact(size, extents[i]);
    }
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] =
          switch (magic >>> 8) {
            case 0x08 -> in.get() & 0xFF;
            case 0x09 -> in.get();
            case 0x0B -> in.getShort();
            case 0x0C -> in.getInt();
            case 0x0D -> in.getFloat();
            case 0x0E -> in.getDouble();
            default -> throw new AssertionError("there is no type " + (magic >>> 8));
          };
    }
    Reader.require(!in.hasRemaining(), "more follows");
    return new PlainIdx(extents, magic == (0x0800 | extents.length), values);
  }

  private static byte[] unpacked(byte[] file) throws IOException {
    if (!DataFiles.isPacked(file)) {
      return file;
    }
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(file))) {
      return in.readAllBytes();
    }
  }
}
