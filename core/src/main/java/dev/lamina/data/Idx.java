package dev.lamina.data;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import dev.lamina.host.HostMemory;
import dev.lamina.io.AtomicFile;
import dev.lamina.io.IoFailure;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;

/**
 * IDX files, the format of MNIST: images and labels in two files, plain or gzipped. Unsigned bytes
 * stay bytes with a scale of 1/255; other element types become FP32 as they are. The classes are
 * called "0" to the greatest label. Errors name the file and the byte.
 */
public final class Idx {
  static final int MAX_CLASSES = 100_000;
  private static final double BYTE_SCALE = 1.0 / 255;

  private Idx() {}

  /**
   * Reads a part of a folder that holds files by MNIST's names: {@code train-images-idx3-ubyte} and
   * {@code train-labels-idx1-ubyte}, or {@code t10k-...} for the test part, with or without {@code
   * .gz}.
   *
   * @throws LaminaException if a file is missing or damaged, or images and labels do not fit
   */
  public static Dataset readFolder(Path folder, Part part) {
    return readFolder(folder, part, Arena.ofAuto());
  }

  /** As {@link #readFolder(Path, Part)}, into memory of an arena. */
  public static Dataset readFolder(Path folder, Part part, Arena arena) {
    return read(find(folder, part, "images", "idx3"), find(folder, part, "labels", "idx1"), arena);
  }

  /** Reads the files of images and labels. */
  public static Dataset read(Path images, Path labels) {
    return read(images, labels, Arena.ofAuto());
  }

  /** Reads the files of images and labels into memory of an arena. */
  public static Dataset read(Path images, Path labels, Arena arena) {
    try (Arena passing = Arena.ofConfined()) {
      return read(images, labels, IdxArray.read(labels, passing), arena);
    }
  }

  private static Dataset read(Path images, Path labels, IdxArray classes, Arena arena) {
    if (classes.extents().length != 1) {
      throw new LaminaException(
          labels
              + ": byte 3: "
              + classes.extents().length
              + " axes; expected one, for labels. Were images and labels exchanged?");
    }
    IdxArray pixels = IdxArray.read(images, arena);
    if (pixels.extents().length < 2) {
      throw new LaminaException(
          images
              + ": byte 3: one axis; expected images of two or three. Were images and labels"
              + " exchanged?");
    }
    if (pixels.rows() != classes.rows()) {
      throw new LaminaException(
          images
              + ": byte 4: "
              + pixels.rows()
              + " images, but "
              + labels
              + " has "
              + classes.rows()
              + " labels at byte 4; the files do not belong together");
    }
    if (pixels.columns() > Integer.MAX_VALUE) {
      throw new LaminaException(images + ": byte 8: " + pixels.columns() + " pixels are too many");
    }
    MemorySegment targets = HostMemory.allocate(arena, 4L * classes.rows(), labels.toString());
    int greatest = classes.toLabels(labels, targets);
    List<String> names = IntStream.rangeClosed(0, greatest).mapToObj(Integer::toString).toList();
    boolean bytes = pixels.dtype() == DType.UINT8;
    return Dataset.of(
        Schema.classification((int) pixels.columns(), names),
        TensorType.of(pixels.dtype(), pixels.rows(), pixels.columns()),
        bytes ? BYTE_SCALE : 1,
        pixels.data(),
        targets,
        images.toString());
  }

  private static Path find(Path folder, Part part, String what, String kind) {
    if (!Files.isDirectory(folder)) {
      throw new LaminaException(
          folder
              + (Files.exists(folder) ? ": not a folder" : ": there is no such folder")
              + "; name one that holds MNIST's files");
    }
    String prefix = (part == Part.TRAIN ? "train-" : "t10k-") + what;
    List<String> names = new ArrayList<>();
    for (String dash : List.of("-", ".")) {
      for (String suffix : List.of("", ".gz")) {
        names.add(prefix + dash + kind + "-ubyte" + suffix);
      }
    }
    return names.stream()
        .map(folder::resolve)
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(() ->
            new LaminaException(
                folder
                    + ": the file of the "
                    + (part == Part.TRAIN ? "training " : "test ")
                    + what
                    + " is missing; looked for "
                    + Quote.list(names)));
  }

  /**
   * Writes images of bytes and their labels to a folder under MNIST's names.
   *
   * @param data UINT8 features and at most 256 classes
   * @param height the number of rows of an image; times the width it must give the features
   * @param gzip whether to pack the files
   */
  public static void writeFolder(
      Path folder, Part part, Dataset data, int height, int width, boolean gzip) {
    if (data.featureType().dtype() != DType.UINT8
        || (long) height * width != data.features()
        || data.classNames().isEmpty()
        || data.classNames().size() > 256) {
      throw new LaminaException(
          data
              + ": cannot be written as IDX images of "
              + height
              + " x "
              + width
              + "; that takes UINT8 pixels, as many as the image has, and 1 to 256 classes");
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw IoFailure.creating(folder, e);
    }
    String prefix = part == Part.TRAIN ? "train-" : "t10k-";
    String suffix = gzip ? ".gz" : "";
    int n = data.size();
    byte[] labels = new byte[n];
    for (int i = 0; i < n; i++) {
      labels[i] = (byte) data.label(i);
    }
    write(
        folder.resolve(prefix + "images-idx3-ubyte" + suffix),
        new int[] {n, height, width},
        data.featureData(),
        gzip);
    write(
        folder.resolve(prefix + "labels-idx1-ubyte" + suffix),
        new int[] {n},
        MemorySegment.ofArray(labels),
        gzip);
  }

  private static void write(Path file, int[] extents, MemorySegment bytes, boolean gzip) {
    ByteBuffer header = ByteBuffer.allocate(4 + 4 * extents.length);
    header.putInt(0x0800 | extents.length);
    for (int extent : extents) {
      header.putInt(extent);
    }
    AtomicFile.write(
        file,
        out -> {
          GZIPOutputStream zip = gzip ? new GZIPOutputStream(out, 1 << 16) : null;
          OutputStream packed = new BufferedOutputStream(gzip ? zip : out, 1 << 16);
          packed.write(header.array());
          byte[] chunk = new byte[1 << 16];
          for (long done = 0; done < bytes.byteSize(); done += chunk.length) {
            int n = (int) Math.min(chunk.length, bytes.byteSize() - done);
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, done, chunk, 0, n);
            packed.write(chunk, 0, n);
          }
          packed.flush();
          if (gzip) {
            zip.finish();
          }
        });
  }
}
