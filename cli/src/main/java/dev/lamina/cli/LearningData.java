package dev.lamina.cli;

import dev.lamina.LaminaException;
import dev.lamina.data.Dataset;
import dev.lamina.data.Preprocessing;
import dev.lamina.data.Split;
import dev.lamina.tables.Table;
import dev.lamina.tables.TableOptions;
import dev.lamina.tables.TableRows;
import dev.lamina.tables.TableSchema;
import dev.lamina.tables.Tables;
import dev.lamina.tables.TrainingTable;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * What there is to learn from and to be judged by, after preprocessing.
 *
 * @param test null for none
 * @param table how columns became features, null if the data are no table
 * @param notes what a user should know of how the data were read
 */
record LearningData(
    Split split, Dataset test, Preprocessing preprocessing, TableSchema table, List<String> notes) {
  /**
   * Reads, holds out and preprocesses.
   *
   * @param test what to be judged by at the end, null for nothing
   * @param share how much of the data is held out, 0 for nothing
   * @param memory holds the samples
   */
  static LearningData of(
      DataSource source,
      DataSource test,
      TableOptions options,
      double share,
      long seed,
      Arena memory) {
    LearningData data =
        source.kind() == DataSource.Kind.TABLE
            ? ofTable(source, options, share, seed, memory)
            : ofSamples(source, share, seed, memory);
    if (test == null) {
      return data;
    }
    ModelInputs inputs =
        new ModelInputs(data.split.train().schema(), data.table, data.preprocessing);
    TableRows rows = test.toEvaluate(options.header(), options.target(), seed, inputs, memory);
    List<String> notes = new ArrayList<>(data.notes);
    notes.addAll(rows.notes());
    return new LearningData(data.split, rows.data(), data.preprocessing, data.table, notes);
  }

  /** Cells are freed as soon as the features are made of them. */
  private static LearningData ofTable(
      DataSource source, TableOptions options, double share, long seed, Arena memory) {
    TrainingTable ready;
    try (Arena reading = Arena.ofConfined()) {
      Table table = Tables.read(source.table(), options, reading);
      ready = table.split(share, seed, memory);
    }
    return new LearningData(
        preprocessed(ready.split(), ready.preprocessing(), memory),
        null,
        ready.preprocessing(),
        ready.schema(),
        ready.notes());
  }

  /** Data are freed as soon as what was made of them is there. */
  private static LearningData ofSamples(DataSource source, double share, long seed, Arena memory) {
    try (Arena parting = Arena.ofShared()) {
      Split parts;
      try (Arena reading = Arena.ofShared()) {
        parts = split(source.toLearn(seed, reading), share, seed, parting);
      }
      Preprocessing preprocessing = Preprocessing.fit(parts.train());
      return new LearningData(
          preprocessed(parts, preprocessing, memory), null, preprocessing, null, List.of());
    }
  }

  private static Split preprocessed(Split raw, Preprocessing preprocessing, Arena memory) {
    return new Split(
        preprocessing.apply(raw.train(), memory),
        raw.validation() == null ? null : preprocessing.apply(raw.validation(), memory));
  }

  private static Split split(Dataset all, double share, long seed, Arena arena) {
    if (share == 0) {
      return new Split(all.in(arena), null);
    }
    if (all.size() < 2) {
      throw new LaminaException(
          all.source()
              + ": nothing can be held out of a single sample; give more data, or"
              + " --validation-split 0");
    }
    return all.split(share, seed, arena);
  }
}
