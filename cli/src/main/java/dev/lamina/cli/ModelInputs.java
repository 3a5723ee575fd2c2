package dev.lamina.cli;

import dev.lamina.data.Preprocessing;
import dev.lamina.data.Schema;
import dev.lamina.io.JsonNode;
import dev.lamina.model.ModelDescription;
import dev.lamina.tables.TableSchema;

/**
 * What a model takes.
 *
 * @param table how the columns of a table become its features, null if it was not trained on one
 */
record ModelInputs(Schema schema, TableSchema table, Preprocessing preprocessing) {
  static ModelInputs of(ModelDescription description, String source) {
    TableSchema table =
        description.table().isEmpty()
            ? null
            : TableSchema.fromJson(new JsonNode(description.table(), source, "table"));
    return new ModelInputs(description.schema(), table, description.preprocessing());
  }
}
