package dev.lamina.model;

import dev.lamina.LaminaException;
import dev.lamina.io.JsonNode;
import dev.lamina.nn.BatchNorm;
import dev.lamina.nn.Dropout;
import dev.lamina.nn.GELU;
import dev.lamina.nn.Identity;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Linear;
import dev.lamina.nn.ReLU;
import dev.lamina.nn.Sequential;
import dev.lamina.nn.Sigmoid;
import dev.lamina.nn.Softmax;
import dev.lamina.nn.Tanh;
import dev.lamina.op.Activation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Layers as JSON trees: an object with a {@code type} and the layer's constants. Where a layer with
 * parameters comes again, that is the same object, {@code Shared} names the path of its first
 * place.
 */
final class LayerJson {
  /** Plans take time that grows with the square of it. */
  private static final int MAX_LAYERS = 10_000;

  private static final String SHARED = "Shared";

  private LayerJson() {}

  static Map<String, Object> toJson(Layer layer) {
    return toJson(layer, "", new IdentityHashMap<>());
  }

  private static Map<String, Object> toJson(Layer layer, String path, Map<Layer, String> seen) {
    Map<String, Object> tree = new LinkedHashMap<>();
    String first = seen.putIfAbsent(layer, path);
    if (first != null && !layer.parameters().isEmpty()) {
      tree.put("type", SHARED);
      tree.put("path", first);
      return tree;
    }
    tree.put("type", layer.getClass().getSimpleName());
    switch (layer) {
      case Linear linear -> {
        tree.put("in", linear.in());
        tree.put("out", linear.out());
        tree.put("bias", linear.bias());
        tree.put("activation", linear.activation().label());
        tree.put("initializer", InitializerJson.toJson(linear.initializer()));
        if (!linear.biasInitializer().equals(Initializer.ZEROS)) {
          tree.put("biasInitializer", InitializerJson.toJson(linear.biasInitializer()));
        }
      }
      case Dropout dropout -> tree.put("rate", dropout.rate());
      case Sequential sequential -> {
        List<Object> layers = new ArrayList<>();
        for (Layer part : sequential.layers()) {
          layers.add(toJson(part, within(path, layers.size()), seen));
        }
        tree.put("layers", layers);
      }
      case GELU _, Identity _, ReLU _, Sigmoid _, Softmax _, Tanh _ -> {}
      case BatchNorm norm -> {
        tree.put("features", norm.features());
        tree.put("epsilon", norm.epsilon());
        tree.put("momentum", norm.momentum());
      }
      default -> tree.putAll(LayerTypes.toJson(layer));
    }
    return tree;
  }

  private static String within(String path, int index) {
    return path.isEmpty() ? Integer.toString(index) : path + "." + index;
  }

  static Layer fromJson(JsonNode tree, LayerTypes types) {
    return fromJson(tree, types, "", new HashMap<>(), new IdentityHashMap<>());
  }

  private static Layer fromJson(
      JsonNode tree,
      LayerTypes types,
      String path,
      Map<String, Layer> made,
      Map<Layer, Long> counts) {
    JsonNode type = tree.get("type");
    try {
      Layer layer =
          switch (type.text()) {
            case "Linear" ->
                new Linear(
                    tree.get("in").whole(1, Integer.MAX_VALUE),
                    tree.get("out").whole(1, Integer.MAX_VALUE),
                    tree.get("bias").flag(),
                    constant(tree.get("activation"), Activation.class),
                    InitializerJson.fromJson(tree.get("initializer")),
                    tree.find("biasInitializer")
                        .map(InitializerJson::fromJson)
                        .orElse(Initializer.ZEROS));
            case "BatchNorm" ->
                new BatchNorm(
                    tree.get("features").whole(1, Integer.MAX_VALUE),
                    tree.get("epsilon").number(),
                    tree.get("momentum").number());
            case "Dropout" -> new Dropout(tree.get("rate").number());
            case "Sequential" -> {
              List<Layer> layers = new ArrayList<>();
              for (JsonNode part : tree.get("layers").elements()) {
                layers.add(fromJson(part, types, within(path, layers.size()), made, counts));
              }
              yield new Sequential(layers);
            }
            case "GELU" -> new GELU();
            case "Identity" -> new Identity();
            case "ReLU" -> new ReLU();
            case "Sigmoid" -> new Sigmoid();
            case "Softmax" -> new Softmax();
            case "Tanh" -> new Tanh();
            case SHARED -> {
              Layer shared = made.get(tree.get("path").text());
              if (shared == null) {
                throw tree.get("path").wrong("the path of an earlier layer, as in \"0\"");
              }
              yield shared;
            }
            default -> types.fromJson(tree);
          };
      made.put(path, layer);
      count(layer, tree, counts);
      return layer;
    } catch (LaminaException e) {
      throw e.getMessage().contains(tree.source())
          ? e
          : new LaminaException(tree.place() + ": " + e.getMessage(), e);
    }
  }

  /** Counts a layer, whose parts are counted; one that is shared counts at each place. */
  private static void count(Layer layer, JsonNode tree, Map<Layer, Long> counts) {
    long count =
        layer instanceof Sequential(List<Layer> layers)
            ? layers.stream().mapToLong(counts::get).sum()
            : 1;
    if (count > MAX_LAYERS) {
      throw new LaminaException(
          tree.place() + ": " + count + " layers are too many; the limit is " + MAX_LAYERS);
    }
    counts.put(layer, count);
  }

  /** The constant of an enumeration, by its name in either case. */
  static <E extends Enum<E>> E constant(JsonNode node, Class<E> type) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equalsIgnoreCase(node.text().replace('-', '_'))) {
        return constant;
      }
    }
    throw node.wrong("one of " + List.of(type.getEnumConstants()));
  }
}
