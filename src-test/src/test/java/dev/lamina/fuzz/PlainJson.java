package dev.lamina.fuzz;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * JSON by its grammar (RFC 8259) and nothing else, as maps, lists, strings, longs, doubles,
 * booleans and null: what the reader says is compared with it.
 */
final class PlainJson {
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  private final String text;
  private int at;

  private PlainJson(String text) {
    this.text = text;
  }

  /** What the bytes say in UTF-8. */
  static Object of(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return of(text.startsWith("\ufeff") ? text.substring(1) : text);
    } catch (CharacterCodingException e) {
      throw new AssertionError("it is not UTF-8", e);
    }
  }

  /** What the text says. */
  static Object of(String text) {
    PlainJson json = new PlainJson(text);
    Object value = json.value();
    Reader.require(json.peek() == 0, "something follows at " + json.at);
    return value;
  }

  /** The next character that is no blank; 0 at the end. */
  private char peek() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at < text.length() ? text.charAt(at) : 0;
  }

  private void expect(String word) {
    Reader.require(text.startsWith(word, at), "no " + word + " at " + at);
    at += word.length();
  }

  private <T> T word(String word, T value) {
    expect(word);
    return value;
  }

  private Object value() {
    return switch (peek()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private Map<String, Object> object() {
    Map<String, Object> object = new LinkedHashMap<>();
    expect("{");
    while (peek() != '}') {
      if (!object.isEmpty()) {
        expect(",");
        peek();
      }
      String name = string();
      peek();
      expect(":");
      Reader.require(!object.containsKey(name), name + " occurs twice");
      object.put(name, value());
    }
    expect("}");
    return object;
  }

  private List<Object> array() {
    List<Object> array = new ArrayList<>();
    expect("[");
    while (peek() != ']') {
      if (!array.isEmpty()) {
        expect(",");
      }
      array.add(value());
    }
    expect("]");
    return array;
  }

  private String string() {
    expect("\"");
    StringBuilder string = new StringBuilder();
    while (text.charAt(at) != '"') {
      char c = text.charAt(at++);
      Reader.require(c >= ' ', "a raw control character at " + at);
      string.append(c == '\\' ? escape() : c);
    }
    at++;
    return string.toString();
  }

  private char escape() {
    char c = text.charAt(at++);
    if (c == 'u') {
      String digits = text.substring(at, at + 4);
      Reader.require(digits.matches("[0-9a-fA-F]{4}"), "\\u" + digits);
      at += 4;
      return (char) Integer.parseInt(digits, 16);
    }
    int known = "\"\\/bfnrt".indexOf(c);
    Reader.require(known >= 0, "\\" + c);
    return "\"\\/\b\f\n\r\t".charAt(known);
  }

  private Object number() {
    Matcher matcher = NUMBER.matcher(text).region(at, text.length());
    Reader.require(matcher.lookingAt(), "no value at " + at);
    at = matcher.end();
    boolean whole = matcher.group(2) == null && matcher.group(3) == null;
    return whole ? (Object) Long.valueOf(matcher.group()) : Double.valueOf(matcher.group());
  }
}
