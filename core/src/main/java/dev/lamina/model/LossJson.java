package dev.lamina.model;

import dev.lamina.LaminaException;
import dev.lamina.io.JsonNode;
import dev.lamina.loss.Loss;
import dev.lamina.loss.Losses;
import dev.lamina.loss.Outputs;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A loss in a description: its name, and if it is none of Lamina's what the outputs mean to it.
 * That is all that predictions need.
 */
final class LossJson {
  private static final String LOSS = "loss";
  private static final String OUTPUTS = "outputs";

  private LossJson() {}

  static void put(Map<String, Object> tree, Loss loss) {
    tree.put(LOSS, loss.label());
    if (!Losses.find(loss.label()).equals(Optional.of(loss))) {
      tree.put(OUTPUTS, loss.outputs().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
  }

  static Loss fromJson(JsonNode tree) {
    String label = tree.get(LOSS).text();
    Optional<JsonNode> outputs = tree.find(OUTPUTS);
    if (outputs.isPresent()) {
      return unknown(label, LayerJson.constant(outputs.get(), Outputs.class));
    }
    try {
      return Losses.find(label)
          .orElseThrow(() -> tree.get(LOSS).wrong("one of " + String.join(", ", Losses.names())));
    } catch (LaminaException e) {
      throw e.getMessage().startsWith(tree.source())
          ? e
          : new LaminaException(tree.get(LOSS).place() + ": " + e.getMessage(), e);
    }
  }

  /** A loss of which only the name is known and what outputs mean to it. */
  private static Loss unknown(String label, Outputs outputs) {
    return Loss.named(
        label,
        outputs,
        (graph, output, target) -> {
          throw new LaminaException(
              "the model was trained on the loss "
                  + label
                  + ", which is none of Lamina's and is not saved with it: it can predict, but to"
                  + " evaluate it give the loss, as in new Evaluator(model, loss, ...)");
        });
  }
}
