package dev.lamina.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Good IDX and CSV files. */
final class DataFiles {
  private static final int ROWS = 6;

  private DataFiles() {}

  static List<byte[]> images(boolean packed) {
    List<byte[]> files = new ArrayList<>();
    ByteBuffer bytes = header(0x08, ROWS, 3, 3);
    for (int i = 0; i < ROWS * 9; i++) {
      bytes.put((byte) (40 * i));
    }
    files.add(filled(bytes));
    ByteBuffer floats = header(0x0D, ROWS, 2);
    for (int i = 0; i < ROWS * 2; i++) {
      floats.putFloat(i / 3f);
    }
    files.add(filled(floats));
    ByteBuffer shorts = header(0x0B, ROWS, 4);
    for (int i = 0; i < ROWS * 4; i++) {
      shorts.putShort((short) (1000 - 99 * i));
    }
    files.add(filled(shorts));
    return packed ? files.stream().map(DataFiles::gzip).toList() : files;
  }

  static byte[] labels() {
    ByteBuffer labels = header(0x08, ROWS);
    for (int i = 0; i < ROWS; i++) {
      labels.put((byte) (i % 4));
    }
    return filled(labels);
  }

  private static ByteBuffer header(int code, int... extents) {
    ByteBuffer buffer = ByteBuffer.allocate(1024).putInt(code << 8 | extents.length);
    for (int extent : extents) {
      buffer.putInt(extent);
    }
    return buffer;
  }

  private static byte[] filled(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.flip().remaining()];
    buffer.get(bytes);
    return bytes;
  }

  static boolean isPacked(byte[] bytes) {
    return bytes.length >= 2 && bytes[0] == 0x1F && bytes[1] == (byte) 0x8B;
  }

  static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  static List<byte[]> tables() {
    String comma = "width,height,kind\n1.5,-2,\"a\"\n3e2,.25,b\n0,7,\"a\"\n4,5,3\n1,1,b\n2,2,b\n";
    String bare = "1.5,-2,0.5\n3e2,.25,0.25\n0,7,1e-3\n4,5,-6\n";
    String counted =
        "id;width;height;kind\r\n1;2,5;3;\"a;b\"\r\n2;4.5;5;b\r\n3;6;7;a\r\n4;8;9;b\r\n";
    String tabs = "kind\theight\twidth\na\t1\t2\n\nb\t3\t4\na\t 5 \t6\nb\t\"7\"\t8\n";
    return List.of(
        comma.getBytes(StandardCharsets.UTF_8),
        bare.getBytes(StandardCharsets.UTF_8),
        counted.getBytes(StandardCharsets.UTF_8),
        tabs.getBytes(StandardCharsets.UTF_8),
        ("\ufeff" + comma.replace("kind", "gr\u00f6\u00dfe")).getBytes(StandardCharsets.UTF_8),
        ("\ufeff" + comma).getBytes(StandardCharsets.UTF_16LE));
  }
}
