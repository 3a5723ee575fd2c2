package dev.lamina.model;

import dev.lamina.LaminaException;
import dev.lamina.io.JsonNode;
import dev.lamina.nn.Layer;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The layers of your own that a saved model may have when it is loaded. A layer can be saved if it
 * is a record of numbers (int, long, double), booleans, strings and constants of enumerations; in
 * {@code model.json} it has the name of its class as its type. Files name classes, but only those
 * that are listed here are ever used:
 *
 * {@snippet :
 * SavedModel.save(folder, model, description); // with a layer new Centering(4, 0.1)
 * SavedModel.load(folder, backend, LayerTypes.of(Centering.class));
 * }
 *
 * <p>Immutable, so any thread may use it.
 */
public final class LayerTypes {
  /** Lamina's layers only. */
  public static final LayerTypes STANDARD = new LayerTypes(Map.of());

  private final Map<String, Class<? extends Layer>> byName;

  private LayerTypes(Map<String, Class<? extends Layer>> byName) {
    this.byName = byName;
  }

  /**
   * Lamina's layers and these.
   *
   * @throws LaminaException if one is no record, or has a component that cannot be saved
   */
  @SafeVarargs
  public static LayerTypes of(Class<? extends Layer>... types) {
    Map<String, Class<? extends Layer>> byName = new TreeMap<>();
    for (Class<? extends Layer> type : types) {
      components(type);
      byName.put(type.getName(), type);
    }
    return new LayerTypes(byName);
  }

  /** The components, all of kinds that can be saved. */
  private static List<RecordComponent> components(Class<?> type) {
    if (!type.isRecord()) {
      throw new LaminaException(
          "layer "
              + type.getName()
              + " cannot be saved: it is no record; make it one, or save its parameters with"
              + " dev.lamina.io.Safetensors instead");
    }
    List<RecordComponent> components = List.of(type.getRecordComponents());
    for (RecordComponent component : components) {
      Class<?> kind = component.getType();
      boolean known =
          kind == int.class
              || kind == long.class
              || kind == double.class
              || kind == boolean.class
              || kind == String.class
              || kind.isEnum();
      if (!known) {
        throw new LaminaException(
            "layer "
                + type.getName()
                + " cannot be saved: its component "
                + component.getName()
                + " is a "
                + kind.getSimpleName()
                + "; expected int, long, double, boolean, String or an enumeration");
      }
    }
    return components;
  }

  /** A layer's constants under their names, after the name of its class. */
  static Map<String, Object> toJson(Layer layer) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("type", layer.getClass().getName());
    for (RecordComponent component : components(layer.getClass())) {
      Method accessor = component.getAccessor();
      try {
        accessor.setAccessible(true);
        Object value = accessor.invoke(layer);
        tree.put(component.getName(), value instanceof Enum<?> e ? e.name() : value);
      } catch (ReflectiveOperationException | RuntimeException e) {
        throw inaccessible(layer.getClass(), e);
      }
    }
    return tree;
  }

  /** The layer that a tree describes whose type is none of Lamina's. */
  Layer fromJson(JsonNode tree) {
    JsonNode name = tree.get("type");
    Class<? extends Layer> type = byName.get(name.text());
    if (type == null) {
      throw name.wrong(
          "a layer type: Linear, BatchNorm, ReLU, GELU, Sigmoid, Tanh, Softmax, Identity, Dropout,"
              + " Sequential or Shared"
              + (byName.isEmpty() ? "" : ", or " + String.join(", ", byName.keySet()))
              + "; a class of your own is given to load as LayerTypes.of(...)");
    }
    List<RecordComponent> components = components(type);
    Object[] values = components.stream().map(c -> value(tree.get(c.getName()), c)).toArray();
    Class<?>[] kinds = components.stream().map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<? extends Layer> constructor = type.getDeclaredConstructor(kinds);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw new LaminaException(
          type.getName() + Arrays.toString(values) + ": " + e.getCause().getMessage(),
          e.getCause());
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw inaccessible(type, e);
    }
  }

  private static Object value(JsonNode node, RecordComponent component) {
    Class<?> kind = component.getType();
    if (kind == int.class) {
      return node.whole(Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    if (kind == long.class) {
      return node.whole();
    }
    if (kind == double.class) {
      return node.number();
    }
    if (kind == boolean.class) {
      return node.flag();
    }
    if (kind == String.class) {
      return node.text();
    }
    return Arrays.stream(kind.getEnumConstants())
        .filter(constant -> ((Enum<?>) constant).name().equals(node.text()))
        .findFirst()
        .orElseThrow(() -> node.wrong("one of " + List.of(kind.getEnumConstants())));
  }

  private static LaminaException inaccessible(Class<?> type, Exception e) {
    return new LaminaException(
        "layer "
            + type.getName()
            + " cannot be read: "
            + e.getMessage()
            + "; in a module, open its package to dev.lamina.core",
        e);
  }
}
