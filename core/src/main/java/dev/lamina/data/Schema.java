package dev.lamina.data;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import dev.lamina.io.JsonNode;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What the columns of a data set mean. A model keeps the schema of its training data, so that data
 * seen later are matched with it by name.
 *
 * @param features the number of features of a sample
 * @param featureNames their names, or empty if they have none (pixels, files without a header)
 * @param targetNames the names of the targets: one for classification, one for each real value for
 *     regression, none where nothing is to be learned
 * @param classNames the classes in the order of their numbers; empty for regression
 * @param targetColumn where a file without names has the target: counted from 1, or −1 for last
 */
public record Schema(
    int features,
    List<String> featureNames,
    List<String> targetNames,
    List<String> classNames,
    int targetColumn) {
  /** The position of the last column. */
  public static final int LAST = -1;

  /** Checks that numbers and names agree. */
  public Schema {
    featureNames = List.copyOf(featureNames);
    targetNames = List.copyOf(targetNames);
    classNames = List.copyOf(classNames);
    if (features < 1) {
      throw new LaminaException("a sample has " + features + " features; expected at least one");
    }
    if (!featureNames.isEmpty() && featureNames.size() != features) {
      throw new LaminaException(
          featureNames.size() + " feature names for " + features + " features; give one for each");
    }
    if (!classNames.isEmpty() && targetNames.size() != 1) {
      throw new LaminaException(
          "classification has one target, but there are names for " + targetNames.size());
    }
    distinct("feature", featureNames);
    distinct("target", targetNames);
    distinct("class", classNames);
  }

  /** A schema of unnamed features and classes. */
  public static Schema classification(int features, List<String> classNames) {
    return new Schema(features, List.of(), List.of("class"), classNames, LAST);
  }

  /** A schema of unnamed features and so many real targets. */
  public static Schema regression(int features, int targets) {
    List<String> names =
        targets == 1
            ? List.of("target")
            : IntStream.rangeClosed(1, targets).mapToObj(i -> "target" + i).toList();
    return new Schema(features, List.of(), names, List.of(), LAST);
  }

  private static void distinct(String kind, List<String> names) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw new LaminaException(
            "there are two " + kind + " names " + Quote.of(name) + "; each may occur once");
      }
    }
  }

  /** Whether the target is one of several classes. */
  public boolean isClassification() {
    return !classNames.isEmpty();
  }

  /** Whether the features have names. */
  public boolean isNamed() {
    return !featureNames.isEmpty();
  }

  /** How a feature is called in messages: its name or its number, counted from 1. */
  public String featureName(int feature) {
    return isNamed() ? Quote.of(featureNames.get(feature)) : Integer.toString(feature + 1);
  }

  /** The schema as a JSON tree, for a model's description. */
  public Map<String, Object> toJson() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("features", features);
    tree.put("feature_names", featureNames);
    tree.put("target_names", targetNames);
    tree.put("target_column", targetColumn);
    tree.put("class_names", classNames);
    return tree;
  }

  /**
   * The schema that {@link #toJson} wrote.
   *
   * @throws LaminaException if something is missing or wrong; it names the place
   */
  public static Schema fromJson(JsonNode tree) {
    try {
      return new Schema(
          tree.get("features").whole(1, Integer.MAX_VALUE),
          tree.get("feature_names").texts(),
          tree.get("target_names").texts(),
          tree.get("class_names").texts(),
          tree.get("target_column").whole(LAST, Integer.MAX_VALUE));
    } catch (LaminaException e) {
      throw e.getMessage().startsWith(tree.source())
          ? e
          : new LaminaException(tree.place() + ": " + e.getMessage(), e);
    }
  }
}
