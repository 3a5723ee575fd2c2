package dev.lamina.model;

import dev.lamina.LaminaException;
import dev.lamina.io.JsonNode;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Layers as JSON trees: an object with a {@code type} and the layer's constants. */
final class LayerJson {
  /** Plans take time that grows with the square of it. */
  private static final int MAX_LAYERS = 10_000;

  private LayerJson() {}

  static Map<String, Object> toJson(Layer layer) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("type", layer.getClass().getSimpleName());
    switch (layer) {
      case Linear linear -> {
        tree.put("in", linear.in());
        tree.put("out", linear.out());
        tree.put("bias", linear.bias());
        tree.put("activation", linear.activation().label());
        tree.put("initializer", linear.initializer().name());
      }
      case Dropout dropout -> tree.put("rate", dropout.rate());
      case Sequential sequential ->
          tree.put("layers", sequential.layers().stream().map(LayerJson::toJson).toList());
      case GELU _, Identity _, ReLU _, Sigmoid _, Softmax _, Tanh _ -> {}
      default ->
          throw new LaminaException(
              "layer "
                  + layer
                  + " cannot be saved: its type is not one of Lamina's; save its parameters with"
                  + " dev.lamina.io.Safetensors instead");
    }
    return tree;
  }

  static Layer fromJson(JsonNode tree) {
    Layer layer = layer(tree);
    int count = count(layer);
    if (count > MAX_LAYERS) {
      throw new LaminaException(
          tree.place() + ": " + count + " layers are too many; the limit is " + MAX_LAYERS);
    }
    return layer;
  }

  private static int count(Layer layer) {
    return layer instanceof Sequential(List<Layer> layers)
        ? layers.stream().mapToInt(LayerJson::count).sum()
        : 1;
  }

  private static Layer layer(JsonNode tree) {
    JsonNode type = tree.get("type");
    try {
      return switch (type.text()) {
        case "Linear" ->
            new Linear(
                tree.get("in").whole(1, Integer.MAX_VALUE),
                tree.get("out").whole(1, Integer.MAX_VALUE),
                tree.get("bias").flag(),
                constant(tree.get("activation"), Activation.class),
                constant(tree.get("initializer"), Initializer.class));
        case "Dropout" -> new Dropout(tree.get("rate").number());
        case "Sequential" ->
            new Sequential(tree.get("layers").elements().stream().map(LayerJson::layer).toList());
        case "GELU" -> new GELU();
        case "Identity" -> new Identity();
        case "ReLU" -> new ReLU();
        case "Sigmoid" -> new Sigmoid();
        case "Softmax" -> new Softmax();
        case "Tanh" -> new Tanh();
        default ->
            throw type.wrong(
                "a layer type: Linear, ReLU, GELU, Sigmoid, Tanh, Softmax, Identity, Dropout or"
                    + " Sequential");
      };
    } catch (LaminaException e) {
      throw e.getMessage().contains(tree.source())
          ? e
          : new LaminaException(tree.place() + ": " + e.getMessage(), e);
    }
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
