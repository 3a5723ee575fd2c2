package dev.lamina.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** Where reports are written: one file for people, one for programs, named alike. */
public final class ReportFiles {
  private ReportFiles() {}

  /**
   * Writes both forms and returns where.
   *
   * @param what the middle of the name, between the day and the machine
   */
  public static List<Path> write(
      Path folder, String what, Machine machine, String markdown, String json) throws IOException {
    String name = LocalDate.now(ZoneOffset.UTC) + "-" + what + "-" + machine.slug();
    Files.createDirectories(folder);
    return List.of(
        Files.writeString(folder.resolve(name + ".md"), markdown),
        Files.writeString(folder.resolve(name + ".json"), json));
  }
}
