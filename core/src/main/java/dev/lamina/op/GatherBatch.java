package dev.lamina.op;

import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.List;

/**
 * A fusion of {@link BatchIndices} and {@link GatherRows}: inputs data [N, n] or [N] and the clock;
 * output the rows of the step's batch, [size, n] or [size], converted as the gather says.
 *
 * @param batch which rows; samples are at most N
 * @param rows how they are converted
 */
public record GatherBatch(BatchIndices batch, GatherRows rows) implements Op {
  @Override
  public String label() {
    return "gather-batch";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 2);
    Check.exactly(this, inputs, 1, Clock.CLOCK);
    TensorType data = inputs.getFirst();
    List<TensorType> result = rows.infer(List.of(data, TensorType.of(DType.INT32, batch.size())));
    if (batch.samples() > data.shape().extent(0)) {
      throw Check.mismatch(this, inputs, "data of at least " + batch.samples() + " rows");
    }
    return result;
  }

  @Override
  public long flops(List<TensorType> inputs, List<TensorType> outputs) {
    return 0;
  }
}
