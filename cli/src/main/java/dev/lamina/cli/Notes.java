package dev.lamina.cli;

import dev.lamina.Quote;
import java.io.PrintWriter;
import java.util.List;

/** What a user should know of how data were read. */
final class Notes {
  private Notes() {}

  /** Prints a line for each. */
  static void print(PrintWriter err, List<String> notes) {
    notes.forEach(note -> err.println("note: " + Quote.message(note)));
    err.flush();
  }
}
