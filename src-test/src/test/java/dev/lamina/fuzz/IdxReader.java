package dev.lamina.fuzz;

import dev.lamina.data.Dataset;
import dev.lamina.data.Idx;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads IDX files of images and labels; one of them is damaged. */
final class IdxReader implements Reader {
  private static final double BYTE_SCALE = 1 / 255.0;

  private final Path good;
  private final boolean labels;

  /** For damaged images, or damaged labels. */
  IdxReader(Path folder, boolean labels) throws IOException {
    this.labels = labels;
    good =
        Files.write(
            folder.resolve("good"),
            labels ? DataFiles.images(false).getFirst() : DataFiles.labels());
  }

  @Override
  public boolean read(Path file) throws IOException {
    Path images = labels ? good : file;
    Path classes = labels ? file : good;
    try (Arena arena = Arena.ofConfined()) {
      Dataset data = Idx.read(images, classes, arena);
      compare(
          data, PlainIdx.of(Files.readAllBytes(images)), PlainIdx.of(Files.readAllBytes(classes)));
    }
    return true;
  }

  /** Compares data with the numbers of their files. */
  static void compare(Dataset data, PlainIdx images, PlainIdx classes) {
    int rows = images.extents()[0];
    int columns = Arrays.stream(images.extents()).skip(1).reduce(1, Math::multiplyExact);
    Reader.require(data.size() == rows && data.features() == columns, data.toString());
    double scale = images.ofBytes() ? BYTE_SCALE : 1;
    float[] row = new float[columns];
    for (int i = 0; i < rows; i++) {
      data.copyRow(i, row);
      for (int j = 0; j < columns; j++) {
        float expected = (float) (images.values()[i * columns + j] * scale);
        Reader.require(Math.abs(row[j] - expected) <= Math.ulp(expected), i + ", " + j);
      }
      double label = classes.values()[i];
      Reader.require(data.label(i) == label, "label " + i);
      Reader.require(data.classNames().get(data.label(i)).equals("" + (int) label), "its name");
    }
  }
}
