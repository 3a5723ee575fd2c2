package dev.lamina.data;

import dev.lamina.LaminaException;
import dev.lamina.io.JsonNode;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is done to data before a model sees them, fitted to the training part and stored with the
 * model.
 *
 * <p>FP32 features are standardised column by column. Images of bytes keep their fixed scale: their
 * pixels are alike, and one that is nearly always 0 would be blown up. Real targets are
 * standardised, so that an untrained model starts near their mean and learning rates mean the same
 * for all data; losses are then in units of the targets' standard deviation, and predictions are
 * turned back by {@link #invertTargets}.
 *
 * @param features for the features, if they are standardised
 * @param targets for the targets, if they are standardised
 */
public record Preprocessing(Optional<Standardizer> features, Optional<Standardizer> targets) {
  /** Data are taken as they are. */
  public static final Preprocessing NONE = new Preprocessing(Optional.empty(), Optional.empty());

  /** Fitted to training data. */
  public static Preprocessing fit(Dataset train) {
    return new Preprocessing(
        train.featureType().dtype().isFloating()
            ? Optional.of(Standardizer.ofFeatures(train))
            : Optional.empty(),
        train.isClassification() || !train.hasTargets()
            ? Optional.empty()
            : Optional.of(Standardizer.ofTargets(train)));
  }

  /** The samples as the model sees them; what need not change shares the memory of the data. */
  public Dataset apply(Dataset data) {
    return standardised(data, Arena.ofAuto());
  }

  /** The samples as the model sees them, all in memory of an arena. */
  public Dataset apply(Dataset data, Arena arena) {
    return standardised(data, arena).in(arena);
  }

  private Dataset standardised(Dataset data, Arena arena) {
    Dataset result = data;
    if (features.isPresent()) {
      result = features.get().applyToFeatures(result, arena);
    }
    if (targets.isPresent() && result.hasTargets()) {
      result = targets.get().applyToTargets(result, arena);
    }
    return result;
  }

  /** Turns one row of a model's real outputs to the targets' units, in place. */
  public void invertTargets(float[] row) {
    targets.ifPresent(standardizer -> standardizer.invert(row));
  }

  /** The numbers as a JSON tree, for a model's description. */
  public Map<String, Object> toJson() {
    Map<String, Object> tree = new LinkedHashMap<>();
    features.ifPresent(standardizer -> tree.put("features", standardizer.toJson()));
    targets.ifPresent(standardizer -> tree.put("targets", standardizer.toJson()));
    return tree;
  }

  /**
   * Makes sure that there is a mean and a scale for each column of a schema, and that only real
   * targets are standardised.
   *
   * @throws LaminaException if not
   */
  public void requireFits(Schema schema) {
    features.ifPresent(f -> requireColumns("features", f.columns(), schema.features()));
    targets.ifPresent(t -> {
      if (schema.isClassification()) {
        throw new LaminaException(
            "targets: standardised, but the schema has classes; only real targets can be");
      }
      requireColumns("targets", t.columns(), schema.targetNames().size());
    });
  }

  private static void requireColumns(String name, int columns, int expected) {
    if (columns != expected) {
      throw new LaminaException(
          name + ": " + columns + " columns, but the schema has " + expected + " " + name);
    }
  }

  /**
   * What {@link #toJson} wrote.
   *
   * @param schema the model's, which the numbers must fit
   * @throws LaminaException if something is missing or wrong; it names the place
   */
  public static Preprocessing fromJson(JsonNode tree, Schema schema) {
    Preprocessing found =
        new Preprocessing(
            tree.find("features").map(Standardizer::fromJson),
            tree.find("targets").map(Standardizer::fromJson));
    try {
      found.requireFits(schema);
    } catch (LaminaException e) {
      throw new LaminaException(tree.place() + ": " + e.getMessage(), e);
    }
    return found;
  }
}
