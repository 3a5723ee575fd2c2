package dev.lamina;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class QuoteTest {
  @Test
  void ordinaryTextIsShownAsItIs() {
    for (String text : List.of("", "species", "größe", "a b", "日本語", "😀", "it's", "C:\\x")) {
      assertEquals("'" + text + "'", Quote.of(text));
      assertEquals(text, Quote.plain(text));
      assertEquals(text, Quote.message(text));
    }
  }

  @Test
  void whatIsNotPrintedIsEscaped() {
    assertEquals("'a\\u001b[31mb'", Quote.of("a\u001b[31mb"));
    assertEquals("'\\n\\r\\t\\u0000\\u007f\\u009b'", Quote.of("\n\r\t\0\u007f\u009b"));
    // Line separators, the direction of writing, half a surrogate pair, a tag character.
    assertEquals("'\\u2028\\u202e\\u2066\\ufeff'", Quote.of("\u2028\u202e\u2066\ufeff"));
    assertEquals("'\\ud800x\\udc00'", Quote.of("\ud800x\udc00"));
    assertEquals("'\\udb40\\udc41'", Quote.of("\udb40\udc41"));
    assertEquals("'\u200c\u200d'", Quote.of("\u200c\u200d"), "Persian and emoji need them");
  }

  @Test
  void longTextIsCut() {
    assertEquals("'" + "x".repeat(60) + "'", Quote.of("x".repeat(60)));
    assertEquals("'" + "x".repeat(57) + "...' (46,000 characters)", Quote.of("x".repeat(46_000)));
    assertEquals("x".repeat(57) + "...", Quote.plain("x".repeat(61)));
    assertEquals("xx...", Quote.plain("x".repeat(6), 5));
    assertEquals("x".repeat(56) + "...", Quote.plain("x".repeat(56) + "😀😀😀"), "no half a pair");
  }

  @Test
  void listsAreCut() {
    assertEquals("nothing", Quote.list(List.of()));
    assertEquals("'a', 'b'", Quote.list(List.of("a", "b")));
    List<String> many = IntStream.range(0, 15).mapToObj(Integer::toString).toList();
    String shown = Quote.list(many);
    assertTrue(shown.startsWith("'0', '1', ") && shown.endsWith("'11' and 3 more"), shown);
    assertTrue(Quote.list(Collections.nCopies(100_000, "\u001b".repeat(99))).length() < 5_000);
  }

  @Test
  void aMessageKeepsItsLines() {
    assertEquals("a\n\tb\r\nc\\r\\u0007\n", Quote.message("a\n\tb\r\nc\r\u0007\n"));
    assertEquals("\\r", Quote.message("\r"));
  }
}
