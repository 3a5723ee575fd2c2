package dev.lamina.cuda.formula;

/** Source text that grows line by line. */
final class Lines {
  private final StringBuilder text = new StringBuilder();
  private String indent = "";

  /** Adds a line as it is. */
  void add(String line) {
    text.append(line.isEmpty() ? "" : indent).append(line).append('\n');
  }

  /** Adds a line made of a format. */
  void add(String format, Object... values) {
    add(format.formatted(values));
  }

  /** Adds what a part adds, further to the right. */
  void indented(Runnable part) {
    String outer = indent;
    indent += "  ";
    part.run();
    indent = outer;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
