package dev.lamina.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.lamina.LaminaException;
import dev.lamina.Quote;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON as trees of ordered maps, lists, strings, {@code Long}, {@code Double}, {@code Boolean} and
 * null. Every double survives writing and reading unchanged. Names may not repeat within an object,
 * whole numbers must fit in 64 bits, and numbers must be finite.
 */
public final class Json {
  private static final int MAX_DEPTH = 200;

  /** As a tree it takes up to thirty times as much memory. */
  static final int MAX_FILE_BYTES = 16 << 20;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private Json() {}

  /**
   * Reads a file in UTF-8 of at most 16 MiB.
   *
   * @throws LaminaException if it cannot be read or is not JSON; it names the line and the column
   */
  public static JsonNode read(Path file) {
    try {
      IoFailure.requireRegular(file);
      try (InputStream in = Files.newInputStream(file)) {
        // It may grow meanwhile.
        byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
        if (bytes.length > MAX_FILE_BYTES) {
          throw new LaminaException(
              file
                  + ": "
                  + Math.max(Files.size(file), bytes.length)
                  + " bytes are too large for a JSON file; the limit is "
                  + (MAX_FILE_BYTES >> 20)
                  + " MiB");
        }
        return parse(bytes, file.toString());
      }
    } catch (IOException e) {
      throw IoFailure.reading(file, e);
    }
  }

  /** Reads JSON from UTF-8 bytes; {@code source} names them in messages. */
  public static JsonNode parse(byte[] utf8, String source) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
      return parse(text.startsWith("\uFEFF") ? text.substring(1) : text, source);
    } catch (CharacterCodingException e) {
      throw new LaminaException(
          source + ": not UTF-8 text, so not JSON; the file is damaged or of another kind", e);
    }
  }

  /** Reads JSON from text; {@code source} names it in messages. */
  public static JsonNode parse(String text, String source) {
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() == null) {
        throw new LaminaException(source + ": empty; expected JSON");
      }
      Object value = value(parser, source);
      if (parser.nextToken() != null) {
        throw at(source, parser.currentTokenLocation(), "expected nothing after the end", null);
      }
      return new JsonNode(value, source, "");
    } catch (JsonProcessingException e) {
      throw at(source, e.getLocation(), "not JSON: " + Quote.plain(e.getOriginalMessage(), 200), e);
    } catch (IOException e) {
      throw new LaminaException(source + ": " + Quote.plain(e.getMessage(), 200), e);
    }
  }

  private static Object value(JsonParser parser, String source) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          object.put(name, value(parser, source));
        }
        yield object;
      }
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser, source));
        }
        yield list;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> {
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
          throw at(source, parser.currentTokenLocation(), "a number beyond 64 bits", null);
        }
        yield parser.getLongValue();
      }
      case VALUE_NUMBER_FLOAT -> {
        double number = parser.getDoubleValue();
        if (Double.isInfinite(number)) {
          throw at(source, parser.currentTokenLocation(), "a number beyond a double", null);
        }
        yield number;
      }
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default ->
          throw at(
              source,
              parser.currentTokenLocation(),
              "expected a value, found " + parser.currentToken(),
              null);
    };
  }

  private static LaminaException at(
      String source, JsonLocation location, String what, Exception cause) {
    String place =
        location == null
            ? source
            : source + ", line " + location.getLineNr() + ", column " + location.getColumnNr();
    return new LaminaException(place + ": " + what, cause);
  }

  /**
   * The tree as text of many lines, indented by two spaces, that ends in a line break.
   *
   * @param value a tree as described above; any Number and arrays of double and float do as well
   */
  public static String pretty(Object value) {
    return JsonWriter.write(value, true) + "\n";
  }

  /** The tree as text of one line. */
  public static String compact(Object value) {
    return JsonWriter.write(value, false);
  }
}
