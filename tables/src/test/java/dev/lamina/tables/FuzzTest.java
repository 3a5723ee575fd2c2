package dev.lamina.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lamina.LaminaException;
import dev.lamina.data.CsvOptions.Task;
import dev.lamina.data.Dataset;
import dev.lamina.io.Json;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random tables: each is prepared, or refused by a message. {@code -Dlamina.fuzz.tables=N} makes
 * more of those that go through files.
 */
class FuzzTest {
  private static final int TABLES = 10_000;
  private static final int FILES = Integer.getInteger("lamina.fuzz.tables", 60);

  @TempDir Path folder;

  /** A schema that went through JSON prepares the rows as the one that was fitted. */
  @Test
  void tablesInMemory() {
    Random random = new Random(20261121);
    int refused = 0;
    for (int k = 0; k < TABLES; k++) {
      try (Arena arena = Arena.ofConfined()) {
        RawTable table = table(random, arena, k);
        try {
          prepare(table, random, arena);
        } catch (LaminaException e) {
          refused++;
        } catch (RuntimeException | AssertionError e) {
          throw new AssertionError("table " + k, e);
        }
      }
    }
    assertTrue(refused < TABLES / 2, refused + " of " + TABLES + " refused");
  }

  private static void prepare(RawTable table, Random random, Arena arena) {
    int target = table.columns().size() - 1;
    TableOptions options =
        TableOptions.defaults()
            .withMaxCategories(2 + random.nextInt(6))
            .withMissing(random.nextInt(10) == 0 ? MissingValues.REFUSE : MissingValues.IMPUTE);
    ColumnRoles roles =
        new ColumnRoles(target, new HashMap<>(), new HashSet<>(), new HashSet<>(), Task.AUTO);
    List<String> notes = new ArrayList<>();
    int[] known = SchemaEncoding.knownRows(table, target, notes);
    int[] train =
        IntStream.of(known).filter(row -> row == known[0] || random.nextInt(4) > 0).toArray();
    TableSchema schema = SchemaFit.fit(table, roles, options, known, train, notes);
    TableSchema back =
        TableSchema.fromJson(Json.parse(Json.compact(schema.toJson()), "model.json"));
    assertEquals(schema, back);
    int[] places = IntStream.range(0, table.columns().size()).toArray();
    Dataset one =
        SchemaEncoding.encode(
            schema, table, new SchemaBinding(schema, places), target, known, notes, arena);
    Dataset two =
        SchemaEncoding.encode(
            back, table, new SchemaBinding(back, places), target, known, notes, arena);
    assertEquals(-1, one.featureData().mismatch(two.featureData()));
    assertEquals(known.length, one.size());
    oneHot(schema, one, train, known);
    assertTrue(schema.describe().lines().count() <= 62);
  }

  /** Training rows have exactly one 1 in the features of a category. */
  private static void oneHot(TableSchema schema, Dataset data, int[] train, int[] known) {
    float[] row = new float[data.features()];
    int at = 0;
    for (SchemaColumn column : schema.columns()) {
      if (!(column.use() instanceof FeatureEncoder encoder)) {
        continue;
      }
      int width = encoder.features(column.name()).size();
      if (encoder instanceof CategoryEncoder) {
        for (int r : train) {
          data.copyRow(Arrays.binarySearch(known, r), row);
          float sum = 0;
          for (int j = at; j < at + width; j++) {
            sum += row[j];
          }
          assertEquals(1, sum, column.name());
        }
      }
      at += width;
    }
  }

  private static RawTable table(Random random, Arena arena, int k) {
    int rows = 1 + random.nextInt(60);
    int columns = 2 + random.nextInt(6);
    List<Column> cells = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int j = 0; j < columns; j++) {
      cells.add(column(random, arena, rows));
      names.add(random.nextInt(5) == 0 ? "a=b" + j : "c" + j);
    }
    return new RawTable(
        "table " + k,
        names,
        true,
        rows,
        cells,
        Arrays.asList(new TimePattern[columns]),
        0,
        List.of());
  }

  private static Column column(Random random, Arena arena, int rows) {
    int gaps = random.nextInt(3) * random.nextInt(40);
    int different = 1 + random.nextInt(80);
    switch (random.nextInt(5)) {
      case 0 -> {
        Column.Real real = Column.Real.allocate(arena, rows, "fuzz");
        double size = Math.pow(10, random.nextInt(60) - 30);
        for (int i = 0; i < rows; i++) {
          real.set(
              i, random.nextInt(100) < gaps ? Double.NaN : random.nextInt(different) * size / 7);
        }
        return real;
      }
      case 1, 2 -> {
        ColumnType type = random.nextInt(4) == 0 ? ColumnType.DATE : ColumnType.WHOLE;
        Column.Whole whole = Column.Whole.allocate(arena, type, rows, "fuzz");
        long size = type == ColumnType.DATE ? 7_654_321_098_765L : 1 + random.nextInt(1000);
        for (int i = 0; i < rows; i++) {
          whole.set(
              i,
              random.nextInt(100) < gaps
                  ? Column.Whole.GAP
                  : (random.nextInt(different) - 9) * size);
        }
        return whole;
      }
      default -> {
        ColumnType type = random.nextInt(4) == 0 ? ColumnType.BOOLEAN : ColumnType.TEXT;
        List<String> texts = new ArrayList<>();
        for (int d = 0; d < different; d++) {
          texts.add(type == ColumnType.BOOLEAN ? (d % 2 == 0 ? "true" : "FALSE") + "" : text(d));
        }
        var codes = arena.allocate(4L * rows, 4);
        for (int i = 0; i < rows; i++) {
          codes.setAtIndex(
              java.lang.foreign.ValueLayout.JAVA_INT,
              i,
              random.nextInt(100) < gaps ? Column.Text.GAP : random.nextInt(different));
        }
        return new Column.Text(type, codes, texts);
      }
    }
  }

  /** Different texts, some of which mean the same number. */
  private static String text(int d) {
    return switch (d % 4) {
      case 0 -> Integer.toString(d / 8);
      case 1 -> d / 8 + ".0";
      case 2 -> "t" + d + "\u0000\n\"',=";
      default -> "\u00e4" + d;
    };
  }

  /** Damaged and odd files. */
  @Test
  void filesOfAnyKind() throws IOException {
    Random random = new Random(11);
    Path file = folder.resolve("fuzz.csv");
    int read = 0;
    for (int k = 0; k < FILES; k++) {
      byte[] bytes = csv(random).getBytes(java.nio.charset.StandardCharsets.UTF_8);
      for (int damage = random.nextInt(4); damage > 0; damage--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      Files.write(file, bytes);
      try {
        TrainingTable table = Tables.read("csv:" + file).split(0.2, k);
        table.schema().read("csv:" + file);
        read++;
      } catch (LaminaException e) {
        assertTrue(
            e.getMessage().contains("fuzz.csv") || e.getMessage().contains("class"), e::getMessage);
      } catch (RuntimeException e) {
        Files.copy(
            file,
            Files.createTempFile("fuzz", ".csv"),
            java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        fail("file " + k, e);
      }
    }
    assertTrue(read > FILES / 5, read + " of " + FILES + " could be read");
  }

  private static String csv(Random random) {
    String[] cells = {
      "1", "2.5", "-3e4", "", "NA", "?", "red", "blue", "true", "2026-01-02", "x y"
    };
    char separator = ",;\t|".charAt(random.nextInt(4));
    int columns = 2 + random.nextInt(4);
    boolean typed = random.nextInt(3) > 0;
    StringBuilder text = new StringBuilder();
    for (int j = 0; j < columns; j++) {
      text.append(j == 0 ? "" : separator).append("name").append(j);
    }
    text.append('\n');
    int rows = random.nextInt(40);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        String cell =
            typed
                ? j % 2 == 0 ? Integer.toString(random.nextInt(100)) : "c" + random.nextInt(3)
                : cells[random.nextInt(cells.length)];
        boolean quoted = random.nextInt(10) == 0;
        text.append(j == 0 ? "" : separator);
        text.append(quoted ? "\"" + cell + "\"" : cell);
      }
      text.append(random.nextInt(30) == 0 ? "\r\n" : "\n");
    }
    return text.toString();
  }
}
