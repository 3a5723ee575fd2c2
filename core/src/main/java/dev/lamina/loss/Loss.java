package dev.lamina.loss;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.op.Reduce;
import dev.lamina.type.Shape;
import dev.lamina.type.ShapeException;

/**
 * What a model is trained to make small: a function that adds operations to a graph. One of the
 * records of this package, or a lambda:
 *
 * <pre>{@code
 * Loss absolute = (graph, z, y) -> z.subtract(y).abs().mean(Axis.COLUMNS);
 * }</pre>
 *
 * <p>Its gradient, and gradients of that, come from the operations that it is made of.
 *
 * <p>Losses are immutable, and any number of threads may use one; a lambda should see to the same.
 */
@FunctionalInterface
public interface Loss {
  /**
   * Adds the losses of a batch to a graph.
   *
   * @param output what the model puts out, z [m, n], of FP32 or FP64: where the model computes in
   *     BF16 it is widened before
   * @param target class numbers INT32 [m] for {@link Outputs#CLASS_LOGITS} of classes, else y [m,
   *     n] of z's type
   * @return the loss of each sample, a column [m, 1], of which the mean is taken; or the loss of
   *     the batch, a scalar []; of z's type
   */
  Value losses(Graph graph, Value output, Value target);

  /**
   * Adds the loss of a batch to a graph: the mean of {@link #losses}.
   *
   * @param output z [m, n], of BF16 too
   * @param target as above, FP32 for z in BF16
   * @return a scalar []; FP32 for z in BF16
   * @throws ShapeException if {@link #losses} gives something else than it should
   */
  default Value mean(Graph graph, Value output, Value target) {
    Value z = output;
    if (!z.type().dtype().isFull()) {
      z = z.cast(z.type().dtype().full());
    }
    Value losses = losses(graph, z, target);
    Shape shape = losses.type().shape();
    boolean scalar = shape.rank() == 0;
    if (losses.type().dtype() != z.type().dtype()
        || !scalar && !shape.equals(Shape.of(z.type().shape().rows(), 1))) {
      throw new ShapeException(
          "the loss "
              + label()
              + " of outputs "
              + z.type()
              + " is "
              + losses.type()
              + ": expected "
              + z.type().dtype()
              + " [], the loss of the batch, or ["
              + z.type().shape().rows()
              + ", 1], that of each sample");
    }
    return scalar ? losses : graph.emit(new Reduce(Reduce.Kind.MEAN, Reduce.Axis.ALL), losses);
  }

  /** What a model that is trained on it puts out; numbers unless said otherwise. */
  default Outputs outputs() {
    return Outputs.NUMBERS;
  }

  /** The name by which users call it. */
  default String label() {
    return "custom";
  }

  /**
   * A loss of one's own with a name, and with outputs that are no numbers.
   *
   * @param label its name, for messages and descriptions of models
   * @param outputs what the outputs of a model mean to it
   */
  static Loss named(String label, Outputs outputs, Loss formula) {
    return new NamedLoss(label, outputs, formula);
  }
}
