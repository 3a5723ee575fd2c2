package dev.lamina.tables;

/**
 * A column of the table that a model was trained on.
 *
 * @param gaps in the training rows
 */
record SchemaColumn(String name, ColumnUse use, long gaps) {}
