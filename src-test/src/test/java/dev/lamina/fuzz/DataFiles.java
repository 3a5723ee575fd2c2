package dev.lamina.fuzz;

import dev.lamina.data.Csv;
import dev.lamina.data.CsvOptions;
import dev.lamina.data.Dataset;
import dev.lamina.data.Idx;
import dev.lamina.data.Schema;
import dev.lamina.type.DType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Good IDX and CSV files, and what reads them. */
final class DataFiles {
  private static final int ROWS = 6;
  private static final Schema MODEL =
      new Schema(
          2, List.of("width", "height"), List.of("kind"), List.of("a", "b", "3"), Schema.LAST);

  private DataFiles() {}

  static List<byte[]> images(boolean packed) throws IOException {
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
    if (!packed) {
      return files;
    }
    List<byte[]> zipped = new ArrayList<>();
    for (byte[] file : files) {
      zipped.add(gzip(file));
    }
    return zipped;
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

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
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

  static Reader imageReader(Path folder) throws IOException {
    Path labels = Files.write(folder.resolve("labels"), labels());
    return file -> inArena(arena -> Idx.read(file, labels, arena));
  }

  static Reader labelReader(Path folder) throws IOException {
    Path images = Files.write(folder.resolve("images"), images(false).getFirst());
    return file -> inArena(arena -> Idx.read(images, file, arena));
  }

  static Reader learner() {
    return file -> inArena(arena -> Csv.read(file, CsvOptions.defaults(), arena));
  }

  static Reader evaluator() {
    return file -> inArena(arena -> Csv.read(file, CsvOptions.defaults(), MODEL, arena));
  }

  static Reader predictor() {
    return file -> inArena(arena -> Csv.readFeatures(file, CsvOptions.defaults(), MODEL, arena));
  }

  private interface Source {
    Dataset read(Arena arena);
  }

  private static void inArena(Source source) {
    try (Arena arena = Arena.ofConfined()) {
      check(source.read(arena));
    }
  }

  /** Every number is finite, every class has a name, and all can be asked for. */
  private static void check(Dataset data) {
    float[] row = new float[data.features()];
    float[] targets = new float[Math.max(1, data.schema().targetNames().size())];
    require(data.featureNames().isEmpty() || data.featureNames().size() == row.length, "names");
    for (int i = 0; i < data.size(); i++) {
      data.copyRow(i, row);
      for (float x : row) {
        require(Float.isFinite(x), "row " + i + " has " + x);
      }
      if (data.hasTargets()) {
        data.copyTargets(i, targets);
        for (float y : targets) {
          require(Float.isFinite(y), "row " + i + " has target " + y);
          require(!data.isClassification() || y < data.classNames().size(), "class " + y);
        }
      }
    }
    require(data.featureType().dtype() == DType.FP32 || data.featureScale() < 1, "scale");
    require(!data.toString().isEmpty(), "words");
  }

  static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError("what was read makes no sense: " + what);
    }
  }
}
