package dev.lamina.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.host.Fork;
import dev.lamina.host.SystemMemory;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose memory data sets take, and how long. */
class DatasetMemoryTest {
  @TempDir Path folder;

  private Path csv() throws IOException {
    return Files.writeString(folder.resolve("a.csv"), "x,y\n1,a\n2,b\n3,a\n4,b\n");
  }

  private Path idx() {
    Idx.writeFolder(folder, Part.TRAIN, Digits.generate(20, 1), 28, 28, true);
    return folder;
  }

  /** Each way to come to data leaves them in the arena that it was given, and nowhere else. */
  @Test
  void dataLieInTheArenaThatWasGiven() throws IOException {
    Path csv = csv();
    Path idx = idx();
    Schema model = Csv.read(csv).schema();
    CsvOptions options = CsvOptions.defaults();
    Dataset digits = Digits.generate(20, 1);
    Dataset numbers = Dataset.regression(new float[] {1, 2, 3, 4}, 2, new float[] {5, 6}, 1);
    Preprocessing scaling = Preprocessing.fit(numbers);
    inArena(arena -> holds(arena, Csv.read(csv, options, arena)));
    inArena(arena -> holds(arena, Csv.read(csv, options, model, arena)));
    inArena(arena -> holds(arena, Csv.readFeatures(csv, options, model, arena)));
    inArena(arena -> holds(arena, Idx.readFolder(idx, Part.TRAIN, arena)));
    inArena(arena -> holds(arena, Digits.generate(Part.TRAIN, 1, 0, 20, arena)));
    inArena(arena -> holds(arena, digits.select(new int[] {3, 1}, arena)));
    inArena(arena -> holds(arena, digits.split(0.5, 1, arena).validation()));
    inArena(arena -> holds(arena, digits.in(arena)));
    inArena(arena -> holds(arena, scaling.apply(numbers, arena)));
    inArena(arena -> holds(arena, Preprocessing.NONE.apply(digits, arena)));
    inArena(arena -> {
      Dataset there = digits.in(arena);
      assertSame(there.featureData().scope(), there.in(arena).featureData().scope());
      assertEquals(there.featureData().address(), there.in(arena).featureData().address());
    });
  }

  private static void inArena(Consumer<Arena> use) {
    try (Arena arena = Arena.ofShared()) {
      use.accept(arena);
    }
  }

  private static void holds(Arena arena, Dataset data) {
    assertEquals(arena.scope(), data.featureData().scope());
    if (data.hasTargets()) {
      assertEquals(arena.scope(), data.targetData().scope());
    }
  }

  @Test
  void whatWasMadeOfDataOutlivesThem() throws IOException {
    Dataset all;
    try (Arena parts = Arena.ofShared()) {
      Split split;
      try (Arena reading = Arena.ofShared()) {
        all = Csv.read(csv(), CsvOptions.defaults(), reading);
        split = all.split(0.5, 1, parts);
      }
      assertEquals(2, split.train().size());
      assertTrue(split.train().featureData().get(ValueLayout.JAVA_FLOAT, 0) > 0);
      float[] row = new float[1];
      for (Runnable use :
          new Runnable[] {
            all::featureData,
            all::targetData,
            () -> all.copyRow(0, row),
            () -> all.label(0),
            () -> all.copyTargets(0, row),
            () -> all.split(0.5, 1)
          }) {
        String message = assertThrows(IllegalStateException.class, use::run).getMessage();
        assertTrue(message.contains("a.csv: the arena that holds the samples is closed"), message);
      }
    }
  }

  @Test
  void memoryGrowsAsBytesCome() {
    long promised = 200L << 20;
    try (Arena arena = Arena.ofConfined();
        ArrivingMemory memory = new ArrivingMemory(arena, promised, true, "test")) {
      MemorySegment first = memory.upTo(1 << 20);
      assertEquals(64 << 20, first.byteSize());
      first.set(ValueLayout.JAVA_LONG, 8, 77);
      MemorySegment whole = memory.upTo((64 << 20) + 1);
      assertEquals(promised, whole.byteSize());
      assertEquals(77, whole.get(ValueLayout.JAVA_LONG, 8));
      assertEquals(arena.scope(), whole.scope());
      assertSame(whole, memory.whole());
    }
  }

  private static final String READER =
      """
      import dev.lamina.data.Idx;
      import java.nio.file.Files;
      import java.nio.file.Path;

      public class Program {
        public static void main(String[] args) throws Exception {
          Path folder = Path.of(args[0]);
          try {
            Idx.read(folder.resolve("images.gz"), folder.resolve("labels"));
          } catch (dev.lamina.LaminaException e) {
            Files.writeString(folder.resolve("message"), e.getMessage());
          }
          Files.copy(Path.of("/proc/self/status"), folder.resolve("status"));
          System.out.write('.');
          System.out.flush();
        }
      }
      """;

  /** Bytes that could unpack to all that the header promises, and unpack to a thousandth of it. */
  @Test
  void aHeaderThatLiesTakesNoMemory() throws Exception {
    assumeTrue(SystemMemory.totalBytes() > 4L << 30, "not Linux, or a small machine");
    int promised = 1_700_000_000;
    byte[] noise = new byte[1_700_000];
    new SplittableRandom(1).nextBytes(noise);
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("images.gz")))) {
      out.write(header(1000, promised / 1000));
      out.write(noise);
    }
    byte[] labels = new byte[8 + 1000];
    ByteBuffer.wrap(labels).putInt(0x0801).putInt(1000);
    Files.write(folder.resolve("labels"), labels);
    try (Fork reader = Fork.start(folder.resolve("reader"), READER, folder)) {
      reader.awaitDot();
      reader.end();
    }
    String message = Files.readString(folder.resolve("message"));
    assertTrue(message.contains("ends in the middle of the elements"), message);
    long peak =
        Files.readAllLines(folder.resolve("status")).stream()
            .filter(line -> line.startsWith("VmHWM:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10)
            .findAny()
            .orElseThrow();
    assertTrue(peak < 600, () -> peak + " MiB");
  }

  private static byte[] header(int rows, int columns) {
    return ByteBuffer.allocate(12).putInt(0x0802).putInt(rows).putInt(columns).array();
  }

  @Test
  void elementsAreReadAcrossGrowth() throws IOException {
    // Words of two bytes become floats of four, so memory grows more often than the file does.
    int rows = 20_000;
    int columns = 1000;
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("images.gz")), 1 << 16)) {
      out.write(ByteBuffer.allocate(12).putInt(0x0B02).putInt(rows).putInt(columns).array());
      byte[] row = new byte[2 * columns];
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          ByteBuffer.wrap(row).putShort(2 * j, (short) (i + j));
        }
        out.write(row);
      }
    }
    byte[] labels = new byte[8 + rows];
    ByteBuffer.wrap(labels).putInt(0x0801).putInt(rows);
    Files.write(folder.resolve("labels"), labels);
    try (Arena arena = Arena.ofShared()) {
      Dataset data = Idx.read(folder.resolve("images.gz"), folder.resolve("labels"), arena);
      float[] found = new float[columns];
      float[] expected = new float[columns];
      for (int i = 0; i < rows; i += 37) {
        data.copyRow(i, found);
        for (int j = 0; j < columns; j++) {
          expected[j] = (short) (i + j);
        }
        assertArrayEquals(expected, found);
      }
    }
  }
}
