package dev.lamina.tables;

import dev.lamina.data.Dataset;
import java.util.List;

/**
 * Rows of a table, prepared for a model.
 *
 * @param data the samples, with features as the model takes them
 * @param carried the columns that go along with the predictions
 * @param notes what a user should know: rows left out, unknown categories, unexpected gaps
 */
public record TableRows(Dataset data, List<CarriedColumn> carried, List<String> notes) {
  /**
   * A column that goes along.
   *
   * @param cells one for each sample, empty for a gap
   */
  public record CarriedColumn(String name, List<String> cells) {}
}
