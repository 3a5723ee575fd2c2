package dev.lamina.tables;

import dev.lamina.data.Preprocessing;
import dev.lamina.data.Split;
import java.util.List;

/**
 * A table that is ready for training.
 *
 * @param schema fitted to the rows to train on
 * @param split the rows to train on and those that are held out, null if none are; real targets are
 *     in their own units
 * @param preprocessing standardises real targets, and nothing else: the features are ready
 * @param notes what a user should know: rows left out, columns that give the target away
 */
public record TrainingTable(
    TableSchema schema, Split split, Preprocessing preprocessing, List<String> notes) {}
