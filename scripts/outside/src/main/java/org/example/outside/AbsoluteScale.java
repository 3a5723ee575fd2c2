package org.example.outside;

import dev.lamina.graph.Value;
import dev.lamina.nn.BuildContext;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Mode;
import dev.lamina.nn.ParameterSpec;
import dev.lamina.op.Reduce.Axis;
import dev.lamina.type.Shape;
import java.util.List;

/**
 * A layer of one's own with running statistics: divides each column by the mean of its absolute
 * values, in training the batch's, in evaluation a running one, which is saved with the model.
 */
record AbsoluteScale(int features, double momentum) implements Layer {
  private static final String RUNNING = "running_absolute";
  private static final double EPSILON = 1e-6;

  @Override
  public List<ParameterSpec> parameters() {
    return List.of(ParameterSpec.state(RUNNING, Shape.of(features), Initializer.ONES));
  }

  @Override
  public Value build(BuildContext context, Value x) {
    Value scale = context.parameter(RUNNING);
    if (context.mode() == Mode.TRAINING) {
      Value batch = x.abs().mean(Axis.ROWS);
      context.update(RUNNING, scale.multiply(1 - momentum).add(batch.multiply(momentum)));
      scale = batch;
    }
    return x.divide(scale.add(EPSILON));
  }
}
