package dev.lamina.data;

import dev.lamina.LaminaException;
import dev.lamina.io.JsonNode;
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

  /** The samples as the model sees them. */
  public Dataset apply(Dataset data) {
    Dataset result = data;
    if (features.isPresent()) {
      result = features.get().applyToFeatures(result);
    }
    if (targets.isPresent() && result.hasTargets()) {
      result = targets.get().applyToTargets(result);
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
   * What {@link #toJson} wrote.
   *
   * @param schema the model's, with which the numbers of columns must agree
   * @throws LaminaException if something is missing or wrong; it names the place
   */
  public static Preprocessing fromJson(JsonNode tree, Schema schema) {
    return new Preprocessing(
        read(tree, "features", schema.features()),
        read(tree, "targets", schema.targetNames().size()));
  }

  private static Optional<Standardizer> read(JsonNode tree, String name, int columns) {
    Optional<Standardizer> found = tree.find(name).map(Standardizer::fromJson);
    if (found.isPresent() && found.get().columns() != columns) {
      throw new LaminaException(
          tree.get(name).place()
              + ": "
              + found.get().columns()
              + " columns, but the schema has "
              + columns
              + " "
              + name);
    }
    return found;
  }
}
