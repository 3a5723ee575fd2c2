package dev.lamina.data;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** Collects the targets of a CSV file, line by line. */
interface CsvTarget extends AutoCloseable {
  /** Takes the current line's target. */
  void add(CsvTable table, int column);

  /** Decides what they are, once all are there. */
  Targets finish(CsvTable table, int column);

  @Override
  void close();

  /**
   * What was found.
   *
   * @param classNames the classes, empty for real numbers
   * @param data INT32 or FP32, one for each line; null if there are none
   */
  record Targets(List<String> classNames, MemorySegment data) {}
}
