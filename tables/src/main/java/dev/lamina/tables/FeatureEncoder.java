package dev.lamina.tables;

import java.util.List;

/** Makes features of a column, by what was fitted to the training rows. */
sealed interface FeatureEncoder extends ColumnUse
    permits NumberEncoder, BooleanEncoder, CategoryEncoder, TimeEncoder {
  /** What stands behind a column's name in the name of the feature that says it was missing. */
  String MISSING = " missing";

  /** The names of a feature of the column's own name and, if there is one, of that for gaps. */
  static List<String> withFlag(String column, boolean flagged) {
    return flagged ? List.of(column, column + MISSING) : List.of(column);
  }

  /** The names of the features. */
  List<String> features(String column);

  /**
   * Writes the features of some rows.
   *
   * @param rows the rows of the column, in the order of the samples
   * @param at the first of the features
   */
  void encode(Column column, int[] rows, FeatureSink sink, int at);
}
