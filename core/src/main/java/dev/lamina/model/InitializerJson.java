package dev.lamina.model;

import dev.lamina.LaminaException;
import dev.lamina.io.JsonNode;
import dev.lamina.nn.Draws;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.NamedInitializers;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Initializers in JSON: the name of a constant, or an object with a {@code type} and the record's
 * numbers. Of what a user wrote only the class is kept: a saved model has its parameters, and draws
 * none.
 */
final class InitializerJson {
  private static final String UNKNOWN = "Unknown";

  private InitializerJson() {}

  /** Stands for an initializer that is not one of Lamina's. */
  private record Unknown(String className) implements Initializer {
    @Override
    public void draw(Draws draws, double[] into) {
      throw new LaminaException(
          "the initializer "
              + className
              + " of a saved model cannot be read back; make the layer anew with it to draw"
              + " parameters");
    }
  }

  static Object toJson(Initializer initializer) {
    String name = NamedInitializers.name(initializer);
    if (name != null) {
      return name;
    }
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("type", initializer.getClass().getSimpleName());
    switch (initializer) {
      case Initializer.Constant(double value) -> tree.put("value", value);
      case Initializer.Uniform(double low, double high) -> {
        tree.put("low", low);
        tree.put("high", high);
      }
      case Initializer.Normal(double mean, double deviation) -> {
        tree.put("mean", mean);
        tree.put("deviation", deviation);
      }
      case Initializer.VarianceScaling scaling -> {
        tree.put("scale", scaling.scale());
        tree.put("fan", scaling.fan().name());
        tree.put("distribution", scaling.distribution().name());
      }
      case Unknown(String className) -> tree.put("class", className);
      default -> {
        tree.put("type", UNKNOWN);
        tree.put("class", initializer.getClass().getName());
      }
    }
    return tree;
  }

  static Initializer fromJson(JsonNode node) {
    if (node.value() instanceof String text) {
      Initializer named =
          NamedInitializers.all().get(text.replace('-', '_').toUpperCase(Locale.ROOT));
      if (named == null) {
        throw node.wrong("one of " + NamedInitializers.all().keySet());
      }
      return named;
    }
    JsonNode type = node.get("type");
    return switch (type.text()) {
      case "Constant" -> new Initializer.Constant(node.get("value").number());
      case "Uniform" ->
          new Initializer.Uniform(node.get("low").number(), node.get("high").number());
      case "Normal" ->
          new Initializer.Normal(node.get("mean").number(), node.get("deviation").number());
      case "VarianceScaling" ->
          new Initializer.VarianceScaling(
              node.get("scale").number(),
              LayerJson.constant(node.get("fan"), Initializer.Fan.class),
              LayerJson.constant(node.get("distribution"), Initializer.Distribution.class));
      case UNKNOWN -> new Unknown(node.get("class").text());
      default -> throw type.wrong("Constant, Uniform, Normal, VarianceScaling or Unknown");
    };
  }
}
