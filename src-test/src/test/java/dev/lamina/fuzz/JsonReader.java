package dev.lamina.fuzz;

import dev.lamina.io.Json;
import dev.lamina.io.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads JSON; what was read is written and read again. */
final class JsonReader implements Reader {
  @Override
  public boolean read(Path file) throws IOException {
    JsonNode tree = Json.read(file);
    Object expected = PlainJson.of(Files.readAllBytes(file));
    Reader.require(expected == null || expected.equals(tree.value()), "" + tree.value());
    for (String text : List.of(Json.compact(tree.value()), Json.pretty(tree.value()))) {
      Object again = Json.parse(text, file.toString()).value();
      Reader.require(again == null ? tree.value() == null : again.equals(tree.value()), text);
    }
    return true;
  }
}
