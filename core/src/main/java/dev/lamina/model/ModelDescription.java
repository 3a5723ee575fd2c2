package dev.lamina.model;

import dev.lamina.LaminaException;
import dev.lamina.data.Preprocessing;
import dev.lamina.data.Schema;
import dev.lamina.io.JsonNode;
import dev.lamina.loss.Loss;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Model;
import dev.lamina.type.DType;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Everything about a trained model but its parameters.
 *
 * @param layer the layers
 * @param inputs the number of features that the layers take
 * @param dtype of the parameters
 * @param loss that the model was trained on
 * @param schema of the training data: features, classes, targets
 * @param preprocessing of data before the model sees them
 * @param table how the columns of a table become the features, as the module {@code tables} wrote
 *     it: a JSON tree; empty if the model was not trained on a table
 * @param training how the model came about, for people: any JSON tree
 */
public record ModelDescription(
    Layer layer,
    int inputs,
    DType dtype,
    Loss loss,
    Schema schema,
    Preprocessing preprocessing,
    Map<String, ?> table,
    Map<String, ?> training) {
  private static final int VERSION = 1;
  private static final String FORMAT = "lamina-model";

  /**
   * Checks that layers, outputs, classes, targets and preprocessing agree.
   *
   * @throws LaminaException if not; it says in what
   */
  public ModelDescription {
    requireInputs(inputs, schema);
    requireOutputs(Model.outputs(layer, inputs, dtype), loss, schema);
    preprocessing.requireFits(schema);
  }

  /** The description of a model that was not trained on a table. */
  public ModelDescription(
      Layer layer,
      int inputs,
      DType dtype,
      Loss loss,
      Schema schema,
      Preprocessing preprocessing,
      Map<String, ?> training) {
    this(layer, inputs, dtype, loss, schema, preprocessing, Map.of(), training);
  }

  private static void requireInputs(int inputs, Schema schema) {
    if (inputs != schema.features()) {
      throw new LaminaException(
          count(inputs, "input", "inputs")
              + ", but the data have "
              + count(schema.features(), "feature", "features")
              + "; they must be equal");
    }
  }

  private static void requireOutputs(int outputs, Loss loss, Schema schema) {
    int classes = schema.classNames().size();
    int expected = schema.isClassification() ? classes : schema.targetNames().size();
    boolean needsClasses =
        switch (loss.outputs()) {
          case CLASS_LOGITS -> true;
          case LOGITS, NUMBERS -> false;
        };
    if (needsClasses && !schema.isClassification()) {
      throw new LaminaException(
          "the loss " + loss.label() + " needs classes, but the data have none");
    }
    boolean oneForTwo =
        switch (loss.outputs()) {
          case LOGITS -> classes == 2 && outputs == 1;
          case CLASS_LOGITS, NUMBERS -> false;
        };
    if (outputs != expected && !oneForTwo) {
      throw new LaminaException(
          "the layers have "
              + count(outputs, "output", "outputs")
              + ", but the data "
              + (schema.isClassification()
                  ? count(classes, "class", "classes")
                  : count(expected, "target", "targets"))
              + "; they must be equal");
    }
  }

  private static String count(int count, String one, String many) {
    return count + " " + (count == 1 ? one : many);
  }

  Map<String, Object> toJson() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("format", FORMAT);
    tree.put("version", VERSION);
    tree.put("inputs", inputs);
    tree.put("dtype", dtype.name());
    LossJson.put(tree, loss);
    tree.put("model", LayerJson.toJson(layer));
    tree.put("data", schema.toJson());
    tree.put("preprocessing", preprocessing.toJson());
    if (!table.isEmpty()) {
      tree.put("table", table);
    }
    tree.put("training", training);
    return tree;
  }

  static ModelDescription fromJson(JsonNode tree, LayerTypes types) {
    if (!tree.get("format").text().equals(FORMAT)) {
      throw tree.get("format").wrong("\"" + FORMAT + "\"");
    }
    if (tree.get("version").whole() != VERSION) {
      throw tree.get("version")
          .wrong(
              "version " + VERSION + ", the only one that this Lamina can read; use a newer one");
    }
    Schema schema = Schema.fromJson(tree.get("data"));
    DType dtype = LayerJson.constant(tree.get("dtype"), DType.class);
    if (!dtype.isFull()) {
      throw tree.get("dtype").wrong("FP32 or FP64");
    }
    Map<String, Object> table = members(tree, "table");
    Map<String, Object> training = members(tree, "training");
    Preprocessing preprocessing = Preprocessing.fromJson(tree.get("preprocessing"), schema);
    Layer layer = LayerJson.fromJson(tree.get("model"), types);
    int inputs = tree.get("inputs").whole(1, Integer.MAX_VALUE);
    Loss loss = LossJson.fromJson(tree);
    try {
      return new ModelDescription(
          layer, inputs, dtype, loss, schema, preprocessing, table, training);
    } catch (LaminaException e) {
      throw new LaminaException(tree.place() + ": " + e.getMessage(), e);
    }
  }

  /** The members of a part that may be missing. */
  private static Map<String, Object> members(JsonNode tree, String name) {
    Map<String, Object> members = new LinkedHashMap<>();
    tree.find(name)
        .ifPresent(
            part -> part.members().forEach((key, member) -> members.put(key, member.value())));
    return members;
  }
}
