package dev.lamina.train;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.graph.Variable;
import dev.lamina.op.BatchIndices;
import dev.lamina.op.GatherRows;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;

/**
 * The rows on a device out of which programs take batches: features as they are stored and targets
 * in the form that a loss takes. Batches are gathered and converted there.
 *
 * @param rows how many rows there are
 * @param inOrder whether they lie in the order of the batches, so that nothing is left to shuffle
 * @param scale what a stored feature is multiplied by
 */
record BatchTable(
    int rows, boolean inOrder, double scale, Targets form, Variable features, Variable targets) {
  /** The numbers of a step's rows. */
  Value indices(Graph graph, Value clock, int batch, boolean shuffle) {
    return graph.emit(new BatchIndices(batch, rows, shuffle && !inOrder), clock);
  }

  Value gatherFeatures(Graph graph, Value indices, DType dtype) {
    return graph.emit(new GatherRows(dtype, scale, 0), graph.read(features), indices);
  }

  Value gatherTargets(Graph graph, Value indices, DType dtype) {
    return graph.emit(GatherRows.to(targetType(dtype)), graph.read(targets), indices);
  }

  private DType targetType(DType dtype) {
    return form == Targets.CLASS_NUMBERS ? DType.INT32 : dtype;
  }

  /** The place of a step's first row, without a shuffle. */
  int firstRow(long step, int batch) {
    return (int) (step * batch % rows);
  }

  /** The features of the rows {@code from} to {@code from + count}, converted. */
  Value sliceFeatures(Graph graph, int from, int count, DType dtype) {
    Value slice = slice(graph, features, from, count);
    Value converted = dtype == slice.type().dtype() ? slice : slice.cast(dtype);
    return scale == 1 ? converted : converted.multiply(scale);
  }

  /** The targets of the rows {@code from} to {@code from + count}, converted. */
  Value sliceTargets(Graph graph, int from, int count, DType dtype) {
    Value slice = slice(graph, targets, from, count);
    DType to = targetType(dtype);
    return to == slice.type().dtype() ? slice : slice.cast(to);
  }

  private static Value slice(Graph graph, Variable variable, int from, int count) {
    long[] extents = variable.type().shape().extents();
    long row = variable.type().size() / extents[0];
    extents[0] = count;
    return graph.view(null, variable, from * row, TensorType.of(variable.type().dtype(), extents));
  }
}
