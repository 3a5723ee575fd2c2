package dev.lamina;

import java.util.Collection;
import java.util.Iterator;
import java.util.Locale;

/**
 * Text from files in messages. A name or a cell may be anything: megabytes long, or full of
 * sequences that move a terminal's cursor. So characters that are not printed are escaped as in
 * Java ({@code \n}, {@code \u001b}), and what is too long is cut.
 *
 * <p>All methods are pure and may be called by any thread.
 */
public final class Quote {
  /** So many characters of a text are shown at most. */
  public static final int LONGEST = 60;

  private static final int NAMES = 12;
  private static final String CUT = "...";

  private Quote() {}

  /** The text in single quotes, with its length behind it if it was cut. */
  public static String of(CharSequence text) {
    return text.length() <= LONGEST
        ? "'" + escaped(text, text.length()) + "'"
        : "'"
            + escaped(text, LONGEST - CUT.length())
            + CUT
            + String.format(Locale.ROOT, "' (%,d characters)", text.length());
  }

  /** The first few of these texts, each in quotes, and how many more there are; or "nothing". */
  public static String list(Collection<? extends CharSequence> texts) {
    if (texts.isEmpty()) {
      return "nothing";
    }
    StringBuilder shown = new StringBuilder();
    Iterator<? extends CharSequence> next = texts.iterator();
    for (int i = 0; i < NAMES && next.hasNext(); i++) {
      shown.append(i == 0 ? "" : ", ").append(of(next.next()));
    }
    if (next.hasNext()) {
      shown.append(" and ").append(texts.size() - NAMES).append(" more");
    }
    return shown.toString();
  }

  /** The text without quotes, cut to {@value #LONGEST} characters: for numbers and lists. */
  public static String plain(CharSequence text) {
    return plain(text, LONGEST);
  }

  /** The text without quotes, cut to so many characters. */
  public static String plain(CharSequence text, int longest) {
    return text.length() <= longest
        ? escaped(text, text.length())
        : escaped(text, longest - CUT.length()) + CUT;
  }

  /** The text of a whole message, of any length: line breaks and tabs stay, all else is escaped. */
  public static String message(CharSequence text) {
    StringBuilder shown = new StringBuilder();
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean windows = c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
      if (c == '\n' || c == '\t' || windows) {
        shown.append(escaped(text.subSequence(start, i), i - start)).append(c);
        start = i + 1;
      }
    }
    return shown.append(escaped(text.subSequence(start, text.length()), text.length())).toString();
  }

  /** The first {@code length} characters, or one less so as not to part a surrogate pair. */
  private static String escaped(CharSequence text, int length) {
    StringBuilder shown = new StringBuilder();
    int end = Math.min(length, text.length());
    for (int i = 0; i < end; ) {
      int c = Character.codePointAt(text, i);
      int next = i + Character.charCount(c);
      if (next > end) {
        break;
      }
      switch (c) {
        case '\n' -> shown.append("\\n");
        case '\r' -> shown.append("\\r");
        case '\t' -> shown.append("\\t");
        default -> {
          if (isPrinted(c)) {
            shown.appendCodePoint(c);
          } else {
            for (char unit : Character.toChars(c)) {
              shown.append(String.format("\\u%04x", (int) unit));
            }
          }
        }
      }
      i = next;
    }
    return shown.toString();
  }

  /** Neither a control character nor one that turns the direction of writing. */
  private static boolean isPrinted(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      // Some scripts need the joiners, U+200C and U+200D.
      case Character.FORMAT -> c == 0x200C || c == 0x200D;
      default -> true;
    };
  }
}
