package dev.lamina.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdxTest {
  @TempDir Path folder;
  private Path images;
  private Path labels;

  @BeforeEach
  void names() {
    images = folder.resolve("train-images-idx3-ubyte");
    labels = folder.resolve("train-labels-idx1-ubyte");
  }

  private static Dataset random(int n, int height, int width, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] pixels = new byte[n * height * width];
    random.nextBytes(pixels);
    int[] classes = random.ints(n, 0, 5).toArray();
    classes[n - 1] = 4;
    return Dataset.images(
        pixels,
        height * width,
        1.0 / 255,
        classes,
        IntStream.range(0, 5).mapToObj(Integer::toString).toList());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readsBackWhatItWrote(boolean gzip) {
    for (int n : new int[] {1, 7, 2000}) {
      for (Part part : Part.values()) {
        Dataset data = random(n, 5, 9 + n % 5, n);
        Path sub = folder.resolve(part + "" + n);
        Idx.writeFolder(sub, part, data, 5, 9 + n % 5, gzip);
        Dataset back = Idx.readFolder(sub, part);
        assertEquals(data.featureType(), back.featureType());
        assertEquals(data.featureScale(), back.featureScale());
        assertEquals(data.classNames(), back.classNames());
        assertEquals(-1, data.featureData().mismatch(back.featureData()));
        assertEquals(-1, data.targetData().mismatch(back.targetData()));
      }
    }
  }

  @Test
  void readsOtherElementTypes() throws IOException {
    Files.write(labels, idx(0x0C, new int[] {2}, 8).putInt(3).putInt(11).array());
    ByteBuffer floats = idx(0x0D, new int[] {2, 2}, 16);
    Files.write(images, floats.putFloat(1).putFloat(-2).putFloat(0.5f).putFloat(4).array());
    Dataset data = Idx.read(images, labels);
    assertEquals(TensorType.of(DType.FP32, 2, 2), data.featureType());
    float[] row = new float[2];
    data.copyRow(1, row);
    assertArrayEquals(new float[] {0.5f, 4}, row);
    assertEquals(11, data.label(1));
    assertEquals(12, data.classNames().size());
    Files.write(
        images, idx(0x0B, new int[] {2, 1}, 4).putShort((short) -7).putShort((short) 9).array());
    Idx.read(images, labels).copyRow(0, row);
    assertEquals(-7, row[0]);
    Files.write(images, idx(0x0E, new int[] {2, 1}, 16).putDouble(0.25).putDouble(1).array());
    Idx.read(images, labels).copyRow(0, row);
    assertEquals(0.25f, row[0]);
    Files.write(images, idx(0x09, new int[] {2, 1}, 2).put((byte) -1).put((byte) 1).array());
    Idx.read(images, labels).copyRow(0, row);
    assertEquals(-1f, row[0]);
    Files.write(images, floats.putFloat(20, Float.NaN).array());
    refused(images + ": byte 20: the element is NaN");
    Files.write(images, floats.putFloat(20, 3).array());
    Files.write(labels, idx(0x0D, new int[] {2}, 8).putFloat(1).putFloat(1.5f).array());
    refused(labels + ": element 2 at byte 12: the label is 1.5");
    Files.write(labels, idx(0x0C, new int[] {2}, 8).putInt(1).putInt(-1).array());
    refused(labels + ": element 2 at byte 12: the label is -1");
  }

  @Test
  void namesFileAndByteOfEveryFault() throws IOException {
    Idx.writeFolder(folder, Part.TRAIN, random(3, 2, 2, 1), 2, 2, false);
    byte[] goodImages = Files.readAllBytes(images);
    byte[] goodLabels = Files.readAllBytes(labels);
    assertEquals(3, Idx.read(images, labels).size());

    Files.write(images, Arrays.copyOf(goodImages, 20));
    refused(images + ": byte 16: the header promises 12 bytes");
    Files.write(images, Arrays.copyOf(goodImages, 10));
    refused(images + ": byte 10: the file ends in the middle of the extents");
    Files.write(images, Arrays.copyOf(goodImages, 29));
    refused(images + ": byte 28: the file goes on");
    Files.write(images, new byte[0]);
    refused(images + ": byte 0: the file ends in the middle of the magic number");
    Files.write(images, "PNG is no IDX".getBytes());
    refused(images + ": byte 0: the magic number is 0x504e4720");
    Files.write(images, idx(0x08, new int[] {3, 0, 2}, 0).array());
    refused(images + ": byte 8: axis 2 has 0 elements");
    Files.write(images, idx(0x08, new int[] {3, -1, 2}, 0).array());
    refused("axis 2 has 4294967295 elements");
    Files.write(images, idx(0x08, new int[] {1 << 30, 1 << 30, 1 << 30}, 0).array());
    refused(images + ": byte 8: [1073741824, 1073741824, 0] elements are too many");
    Files.write(images, idx(0x08, new int[] {4, 2, 2}, 16).array());
    refused(images + ": byte 4: 4 images, but " + labels + " has 3 labels");

    Files.write(images, goodImages);
    Files.write(labels, goodImages);
    refused(labels + ": byte 3: 3 axes; expected one");
    Files.write(labels, goodLabels);
    Files.write(images, goodLabels);
    refused(images + ": byte 3: one axis; expected images");
  }

  @Test
  void namesTheFaultsOfPackedFiles() throws IOException {
    Idx.writeFolder(folder, Part.TRAIN, random(40, 9, 9, 1), 9, 9, true);
    images = folder.resolve("train-images-idx3-ubyte.gz");
    labels = folder.resolve("train-labels-idx1-ubyte.gz");
    byte[] good = Files.readAllBytes(images);
    Files.write(images, Arrays.copyOf(good, good.length / 2));
    refused("the gzip stream ends too early");
    byte[] bad = good.clone();
    Arrays.fill(bad, 100, 140, (byte) 0x55);
    Files.write(images, bad);
    refused(images + ": ");
    Files.write(images, gzip(idx(0x08, new int[] {40, 1 << 14, 1 << 14}, 0).array()));
    refused(images + ": byte 16 (unpacked): the header promises 10737418240 bytes");
    Files.write(images, gzip(idx(0x08, new int[] {40, 9, 9}, 40 * 81 + 1).array()));
    refused(images + ": byte 3256 (unpacked): the file goes on");
    Files.write(images, gzip(idx(0x08, new int[] {40, 9, 9}, 40 * 81 - 1).array()));
    refused(images + ": byte 3255 (unpacked): the file ends in the middle of the elements");
  }

  @Test
  void nothingMayFollowAPackedFile() throws IOException {
    Idx.writeFolder(folder, Part.TRAIN, random(40, 9, 9, 1), 9, 9, true);
    images = folder.resolve("train-images-idx3-ubyte.gz");
    labels = folder.resolve("train-labels-idx1-ubyte.gz");
    byte[] good = Files.readAllBytes(images);
    for (byte[] garbage :
        List.of(
            "garbage".getBytes(),
            new byte[1],
            new byte[100_000],
            Arrays.copyOf(good, 1),
            Arrays.copyOf(good, good.length - 3))) {
      Files.write(images, join(good, garbage));
      refused(images + ": ");
    }
    Files.write(images, join(good, new byte[] {'x', 'y'}));
    refused("byte " + good.length + " of the file: expected its end or another gzip member");
  }

  @Test
  void readsPackedFilesOfSeveralMembersWithNamesAndChecksums() throws IOException {
    Idx.writeFolder(folder, Part.TRAIN, random(40, 9, 9, 1), 9, 9, false);
    Dataset plain = Idx.read(images, labels);
    byte[] bytes = Files.readAllBytes(images);
    byte[] front = gzip(Arrays.copyOf(bytes, 1000));
    byte[] back = gzip(Arrays.copyOfRange(bytes, 1000, bytes.length));
    byte[] named = {0x1F, (byte) 0x8B, 8, 0x1E, 0, 0, 0, 0, 0, 3, 2, 0, 7, 7, 'n', 0, 'c', 0};
    CRC32 sum = new CRC32();
    sum.update(named);
    byte[] checked = {(byte) sum.getValue(), (byte) (sum.getValue() >>> 8)};
    byte[] body = Arrays.copyOfRange(back, 10, back.length);
    Files.write(images, join(front, gzip(new byte[0]), named, checked, body));
    assertEquals(-1, plain.featureData().mismatch(Idx.read(images, labels).featureData()));
    checked[0]++;
    Files.write(images, join(front, named, checked, body));
    refused("the header's checksum is wrong");
    named[3] = 0x20;
    Files.write(images, join(front, named));
    refused("flags that do not exist");
    body[body.length - 1]++;
    Files.write(images, join(front, Arrays.copyOf(back, 10), body));
    refused("the length is wrong");
    body[body.length - 5]++;
    Files.write(images, join(front, Arrays.copyOf(back, 10), body));
    refused("the checksum is wrong");
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }

  @Test
  void saysWhichNamesItLookedFor() throws IOException {
    LaminaException none =
        assertThrows(LaminaException.class, () -> Idx.readFolder(folder.resolve("no"), Part.TRAIN));
    assertTrue(none.getMessage().contains("there is no such folder"), none.getMessage());
    Files.writeString(images, "");
    LaminaException e =
        assertThrows(LaminaException.class, () -> Idx.readFolder(folder, Part.TEST));
    assertEquals(
        folder
            + ": the file of the test images is missing; looked for 't10k-images-idx3-ubyte',"
            + " 't10k-images-idx3-ubyte.gz', 't10k-images.idx3-ubyte',"
            + " 't10k-images.idx3-ubyte.gz'",
        e.getMessage());
    LaminaException file =
        assertThrows(LaminaException.class, () -> Idx.read(images, folder.resolve("gone")));
    assertTrue(file.getMessage().contains("gone: there is no such file"), file.getMessage());
  }

  @Test
  void writesOnlyImagesOfBytes() {
    Dataset real = Dataset.regression(new float[4], 4, new float[1], 1);
    for (Runnable action :
        List.<Runnable>of(
            () -> Idx.writeFolder(folder, Part.TRAIN, real, 2, 2, false),
            () -> Idx.writeFolder(folder, Part.TRAIN, random(2, 2, 2, 1), 2, 3, false))) {
      LaminaException e = assertThrows(LaminaException.class, action::run);
      assertTrue(e.getMessage().contains("cannot be written as IDX"), e.getMessage());
    }
  }

  private void refused(String part) {
    LaminaException e = assertThrows(LaminaException.class, () -> Idx.read(images, labels));
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  private static ByteBuffer idx(int code, int[] extents, int bytes) {
    ByteBuffer buffer = ByteBuffer.allocate(4 + 4 * extents.length + bytes);
    buffer.putInt(code << 8 | extents.length);
    for (int extent : extents) {
      buffer.putInt(extent);
    }
    return buffer;
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }
}
