package dev.lamina.loss;

import dev.lamina.LaminaException;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.op.Elementwise;
import dev.lamina.op.Reduce.Axis;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Targets as rows in which label smoothing, class weights and ignored labels are contained, so that
 * the plain cross-entropy does the rest.
 *
 * @param rows [m, n]
 * @param share the mean weight of a row, by which the mean over all rows is to be divided; null if
 *     that is 1
 */
record WeightedTargets(Value rows, Value share) {
  /** In place of 0, so that a batch of nothing but ignored labels has the loss 0. */
  private static final double LEAST_SHARE = 1e-30;

  static WeightedTargets of(
      Graph graph, SoftmaxCrossEntropy loss, TensorType logits, Value targets) {
    DType dtype = logits.dtype().full();
    long classes = logits.shape().columns();
    Value weights = weights(graph, loss.classWeights(), classes, dtype);
    if (targets.type().dtype() != DType.INT32) {
      return new WeightedTargets(smooth(targets, loss, weights, classes), null);
    }
    long m = logits.shape().rows();
    Value labels = targets.cast(dtype).reshape(m, 1);
    Value hot =
        graph
            .emit(Elementwise.broadcast(labels.type(), logits.shape()), labels)
            .equal(
                row(
                    graph,
                    IntStream.range(0, Math.toIntExact(classes)).asDoubleStream().toArray(),
                    dtype));
    // 1 where the number is a class, else 0.
    Value known = hot.sum(Axis.COLUMNS);
    Value counted = null;
    if (loss.ignoredLabel().isPresent()) {
      Value ignored = labels.equal(graph.constant(loss.ignoredLabel().getAsInt(), dtype));
      known = known.maximum(ignored);
      counted = ignored.negate().add(1);
    }
    Value one = known.divide(known); // NaN for what is no class
    counted = counted == null ? one : counted.multiply(one);
    Value rows = smooth(hot, loss, weights, classes).multiply(counted);
    if (weights == null && loss.ignoredLabel().isEmpty()) {
      return new WeightedTargets(rows, null);
    }
    Value weight =
        weights == null ? counted : hot.multiply(weights).sum(Axis.COLUMNS).multiply(counted);
    Value share = weight.mean(Axis.ALL).maximum(graph.constant(LEAST_SHARE, dtype));
    return new WeightedTargets(rows, share);
  }

  /** w_j ((1 − ε) y_ij + ε / n). */
  private static Value smooth(Value y, SoftmaxCrossEntropy loss, Value weights, long classes) {
    double epsilon = loss.labelSmoothing();
    Value smoothed = epsilon == 0 ? y : y.affine(1 - epsilon, epsilon / classes);
    return weights == null ? smoothed : smoothed.multiply(weights);
  }

  private static Value weights(Graph graph, List<Double> weights, long classes, DType dtype) {
    if (weights.isEmpty()) {
      return null;
    }
    if (weights.size() != classes) {
      throw new LaminaException(
          "the loss has "
              + weights.size()
              + " class weights and the model "
              + classes
              + " outputs; they must be equal");
    }
    return row(graph, weights.stream().mapToDouble(w -> w).toArray(), dtype);
  }

  private static Value row(Graph graph, double[] numbers, DType dtype) {
    Value row = graph.constant(numbers, numbers.length);
    return dtype == DType.FP64 ? row : row.cast(dtype);
  }
}
