package dev.lamina.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.data.Csv;
import dev.lamina.data.CsvOptions;
import dev.lamina.data.Dataset;
import dev.lamina.data.Idx;
import dev.lamina.type.DType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the fuzzers: ten thousand inputs each, or as many as {@code lamina.fuzz.inputs} says, from
 * the number that {@code lamina.fuzz.seed} says, for all or for {@code lamina.fuzz.readers}; or one
 * kept file, {@code lamina.fuzz.replay}. See scripts/fuzz-readers.sh.
 */
class FuzzTest {
  private static final int INPUTS = Integer.getInteger("lamina.fuzz.inputs", 10_000);
  private static final long SEED = Long.getLong("lamina.fuzz.seed", 20_261_121);
  private static final List<String> READERS =
      Pattern.compile(",")
          .splitAsStream(System.getProperty("lamina.fuzz.readers", ""))
          .filter(label -> !label.isEmpty())
          .toList();
  private static final String REPLAY = System.getProperty("lamina.fuzz.replay");
  private static final Path KEPT = Path.of("target", "fuzz");
  private static final System.Logger LOG = System.getLogger(FuzzTest.class.getName());

  @TempDir Path temporary;

  /** In memory if there is a file system for that: a run writes millions of files. */
  private Path work() throws IOException {
    Path memory = Path.of("/dev/shm");
    return Files.isDirectory(memory) && Files.isWritable(memory)
        ? Files.createTempDirectory(memory, "lamina-fuzz-")
        : Files.createTempDirectory(temporary, "work");
  }

  @TestFactory
  Stream<DynamicTest> damagedFilesAreReadOrRefused() {
    return REPLAY != null
        ? Stream.of(DynamicTest.dynamicTest(REPLAY, () -> replay(Path.of(REPLAY))))
        : Arrays.stream(Subject.values())
            .filter(subject -> READERS.isEmpty() || READERS.contains(subject.label()))
            .map(subject -> DynamicTest.dynamicTest(subject.label(), () -> fuzz(subject)));
  }

  private void fuzz(Subject subject) throws Exception {
    Path work = work();
    try {
      long begin = System.nanoTime();
      Fuzzer.Outcome outcome =
          new Fuzzer(subject, SEED, INPUTS, work, KEPT)
              .run(Runtime.getRuntime().availableProcessors());
      String said =
          String.format(
              Locale.ROOT,
              "%s: seed %d, %,d inputs, %,d read, %,d refused, %.1f s",
              subject.label(),
              SEED,
              INPUTS,
              outcome.read(),
              outcome.refused(),
              (System.nanoTime() - begin) * 1e-9);
      LOG.log(System.Logger.Level.INFO, said);
      assertEquals(INPUTS, outcome.read() + outcome.refused(), said);
      assertTrue(outcome.read() > INPUTS / 200 && outcome.refused() > INPUTS / 20, said);
    } finally {
      delete(work);
    }
  }

  private void replay(Path kept) throws Exception {
    Subject subject = Subject.of(kept);
    Path file = temporary.resolve(subject.file());
    try (Reader reader = subject.open(temporary)) {
      Files.deleteIfExists(file);
      Files.copy(kept, file);
      reader.read(file);
      LOG.log(System.Logger.Level.INFO, kept + " is read");
    } catch (LaminaException e) {
      LOG.log(System.Logger.Level.INFO, kept + " is refused: " + e.getMessage());
    }
  }

  /** The good files are good, so what is refused is refused for its damage. */
  @Test
  void goodFilesAreRead() throws Exception {
    for (Subject subject : Subject.values()) {
      for (byte[] seed : subject.seeds()) {
        Path folder = Files.createTempDirectory(temporary, subject.label());
        try (Reader reader = subject.open(folder)) {
          Path file = folder.resolve(subject.file());
          Files.deleteIfExists(file);
          Files.write(file, seed);
          try {
            assertTrue(reader.read(file));
          } catch (LaminaException e) {
            // A table to learn from need not fit the model.
            assertTrue(subject.name().startsWith("CSV_"), e.getMessage());
          }
        }
      }
    }
  }

  /** A fuzzer that finds nothing may be blind. */
  @Test
  void whatFailsIsKeptAndCanBeTriedAgain() throws Exception {
    Path kept = temporary.resolve("kept");
    Fuzzer fuzzer =
        new Fuzzer(Subject.JSON, 1, 200, temporary, kept) {
          @Override
          Reader open(Path folder) throws IOException {
            Reader reader = super.open(folder);
            return file -> {
              reader.read(file);
              throw new IllegalStateException("planted");
            };
          }
        };
    AssertionError error = assertThrows(AssertionError.class, () -> fuzzer.run(2));
    assertTrue(error.getMessage().contains("planted"), error.getMessage());
    try (Stream<Path> files = Files.list(kept)) {
      // Each thread may keep a file; the error names one.
      Path file =
          files.filter(f -> error.getMessage().contains(f.toString())).findAny().orElseThrow();
      assertEquals(Subject.JSON, Subject.of(file));
      long number = Long.parseLong(file.getFileName().toString().replaceAll("[^0-9]", ""));
      assertEquals(
          -1,
          Arrays.mismatch(
              Files.readAllBytes(file), new Mutator(Subject.JSON.seeds()).damaged(number)));
      replay(file);
    }
  }

  /** As may a comparison that finds everything right. */
  @Test
  void aWrongReadingIsSeen() throws Exception {
    byte[] images = DataFiles.images(false).getFirst();
    byte[] labels = DataFiles.labels();
    byte[] table = DataFiles.tables().getFirst();
    try (Arena arena = Arena.ofConfined()) {
      Path file = Files.write(temporary.resolve("images"), images);
      Dataset digits = Idx.read(file, Files.write(temporary.resolve("labels"), labels), arena);
      IdxReader.compare(digits, PlainIdx.of(images), PlainIdx.of(labels));
      wrong(() -> IdxReader.compare(digits, PlainIdx.of(other(images)), PlainIdx.of(labels)));
      wrong(() -> IdxReader.compare(digits, PlainIdx.of(images), PlainIdx.of(other(labels))));
      file = Files.write(temporary.resolve("table"), table);
      TableComparison rows =
          new TableComparison(Csv.read(file, CsvOptions.defaults(), arena), null);
      rows.compare(table);
      String text = new String(table, StandardCharsets.UTF_8);
      for (String from : new String[] {"1.5", "-2", "\"a\"", "width", "\n0,7,\"a\""}) {
        wrong(() -> rows.compare(text.replaceFirst(from, "8").getBytes(StandardCharsets.UTF_8)));
      }
      MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, 2);
      TensorReader.compare("a", DType.FP32, data, new double[] {1, 2});
      wrong(() -> TensorReader.compare("a", DType.FP32, data, new double[] {1, 3}));
    }
  }

  private static void wrong(Executable comparison) {
    assertThrows(AssertionError.class, comparison);
  }

  /** A copy with another last byte. */
  private static byte[] other(byte[] bytes) {
    byte[] copy = bytes.clone();
    copy[copy.length - 1]++;
    return copy;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
