package dev.lamina.loss;

import dev.lamina.LaminaException;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.op.LossFunction;
import dev.lamina.op.MeanLoss;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * Softmax cross-entropy from logits z [m, n]: without numbers the mean over the m rows of
 * −Σ<sub>j</sub> y<sub>ij</sub> ln softmax(z)<sub>ij</sub>; dz = (softmax(z) Σ<sub>j</sub>
 * y<sub>ij</sub> − y) / m. Targets are class numbers INT32 [m], for which y is 1 at the class and 0
 * elsewhere, or probabilities y [m, n].
 *
 * <p>With label smoothing ε (Szegedy et al., 2016) and class weights w, y is replaced by
 * w<sub>j</sub> ((1 − ε) y<sub>ij</sub> + ε / n). Of class numbers c<sub>i</sub> that are weighted,
 * the sum is divided by the sum of the rows' w in place of m; rows of the ignored label count in
 * neither, and if there are no others the loss is 0. All as PyTorch's CrossEntropyLoss, whose loss
 * is then NaN. A class number that is neither a class nor ignored makes the loss NaN.
 *
 * <p>Where data have several batches, each is divided by the weights in it: the mean over batches
 * may differ a little from that over all data at once.
 *
 * @param labelSmoothing ε, from 0 to below 1
 * @param classWeights w, from 0 on, for each class; empty for 1 each
 * @param ignoredLabel the class number of samples that do not count, a class or not; of
 *     probabilities none is ignored
 */
public record SoftmaxCrossEntropy(
    double labelSmoothing, List<Double> classWeights, OptionalInt ignoredLabel)
    implements FusedLoss {
  static final String NAME = "softmax-cross-entropy";
  private static final String LABEL_SMOOTHING = "label-smoothing";
  private static final String CLASS_WEIGHTS = "class-weights";
  private static final String IGNORED_LABEL = "ignored-label";

  /** Checks the numbers. */
  public SoftmaxCrossEntropy {
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new LaminaException(
          "loss "
              + NAME
              + ": label smoothing "
              + labelSmoothing
              + ": expected a number from 0 to below 1");
    }
    classWeights = List.copyOf(classWeights);
    for (double weight : classWeights) {
      if (!(weight >= 0) || Double.isInfinite(weight)) {
        throw new LaminaException(
            "loss " + NAME + ": class weight " + weight + ": expected a finite number from 0 on");
      }
    }
    if (!classWeights.isEmpty() && classWeights.stream().allMatch(weight -> weight == 0)) {
      throw new LaminaException("loss " + NAME + ": all class weights are 0: expected one above 0");
    }
  }

  /** All rows count alike, and targets are as they are. */
  public SoftmaxCrossEntropy() {
    this(0, List.of(), OptionalInt.empty());
  }

  static SoftmaxCrossEntropy of(LossText text) {
    return new SoftmaxCrossEntropy(
        text.number(LABEL_SMOOTHING, 0), text.list(CLASS_WEIGHTS), text.whole(IGNORED_LABEL));
  }

  /** With this label smoothing. */
  public SoftmaxCrossEntropy withLabelSmoothing(double epsilon) {
    return new SoftmaxCrossEntropy(epsilon, classWeights, ignoredLabel);
  }

  /** With a weight for each class. */
  public SoftmaxCrossEntropy withClassWeights(double... weights) {
    return new SoftmaxCrossEntropy(
        labelSmoothing, Arrays.stream(weights).boxed().toList(), ignoredLabel);
  }

  /** With samples of a class number that do not count. */
  public SoftmaxCrossEntropy withIgnoredLabel(int label) {
    return new SoftmaxCrossEntropy(labelSmoothing, classWeights, OptionalInt.of(label));
  }

  private boolean isPlain() {
    return labelSmoothing == 0 && classWeights.isEmpty() && ignoredLabel.isEmpty();
  }

  @Override
  public LossFunction function() {
    return LossFunction.SOFTMAX_CROSS_ENTROPY;
  }

  @Override
  public Value mean(Graph graph, Value output, Value target) {
    if (isPlain()) {
      return FusedLoss.super.mean(graph, output, target);
    }
    WeightedTargets targets = WeightedTargets.of(graph, this, output.type(), target);
    Value mean = graph.emit(new MeanLoss(function()), output, targets.rows());
    return targets.share() == null ? mean : mean.divide(targets.share());
  }

  @Override
  public Outputs outputs() {
    return Outputs.CLASS_LOGITS;
  }

  @Override
  public String label() {
    return new LossText(NAME)
        .with(LABEL_SMOOTHING, labelSmoothing, 0)
        .with(CLASS_WEIGHTS, classWeights)
        .with(IGNORED_LABEL, ignoredLabel)
        .toString();
  }
}
