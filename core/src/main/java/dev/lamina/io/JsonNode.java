package dev.lamina.io;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A value in a JSON tree that knows where it stands, so that a wrong one can be named: {@code
 * model.json: layers[2].activation}.
 *
 * @param value a map, list, string, Long, Double, Boolean or null
 * @param source the file or whatever else holds the tree
 * @param path the way from the tree's root to here, empty for the root
 */
public record JsonNode(Object value, String source, String path) {
  private static final int LONGEST_PATH = 200;

  /** Where this value stands. */
  public String place() {
    return path.isEmpty() ? source : source + ": " + Quote.plain(path, LONGEST_PATH);
  }

  /** The member of this object by this name; an error if it is missing. */
  public JsonNode get(String name) {
    return find(name)
        .orElseThrow(() ->
            new LaminaException(
                place()
                    + ": \""
                    + name
                    + "\" is missing; there is "
                    + Quote.list(members().keySet())));
  }

  /** The member of this object by this name, if it is there and not null. */
  public Optional<JsonNode> find(String name) {
    return Optional.ofNullable(object().get(name)).map(member -> member(name, member));
  }

  /** The members of this object, in the file's order. */
  public Map<String, JsonNode> members() {
    Map<String, JsonNode> members = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : object().entrySet()) {
      String name = (String) entry.getKey();
      members.put(name, member(name, entry.getValue()));
    }
    return members;
  }

  /** The elements of this list. */
  public List<JsonNode> elements() {
    if (!(value instanceof List<?> list)) {
      throw wrong("a list");
    }
    List<JsonNode> elements = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      elements.add(new JsonNode(list.get(i), source, path + "[" + i + "]"));
    }
    return elements;
  }

  /** This text. */
  public String text() {
    if (value instanceof String text) {
      return text;
    }
    throw wrong("text");
  }

  /** This list of texts. */
  public List<String> texts() {
    return elements().stream().map(JsonNode::text).toList();
  }

  /** This whole number. */
  public long whole() {
    if (value instanceof Long number) {
      return number;
    }
    throw wrong("a whole number");
  }

  /** This whole number, which must lie between the bounds, both included. */
  public int whole(int least, int most) {
    long number = whole();
    if (number < least || number > most) {
      throw wrong("a whole number from " + least + " to " + most);
    }
    return (int) number;
  }

  /** This number. */
  public double number() {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw wrong("a number");
  }

  /** This list of numbers. */
  public double[] numbers() {
    return elements().stream().mapToDouble(JsonNode::number).toArray();
  }

  /** This true or false. */
  public boolean flag() {
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wrong("true or false");
  }

  /** The error that something else was expected here. */
  public LaminaException wrong(String expected) {
    return new LaminaException(
        place() + ": expected " + expected + ", found " + Quote.plain(Json.compact(value)));
  }

  private JsonNode member(String name, Object member) {
    return new JsonNode(member, source, path.isEmpty() ? name : path + "." + name);
  }

  private Map<?, ?> object() {
    if (value instanceof Map<?, ?> object) {
      return object;
    }
    throw wrong("an object");
  }
}
