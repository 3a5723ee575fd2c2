package dev.lamina.oracle;

import dev.lamina.op.BatchIndices;
import dev.lamina.op.Clock;
import dev.lamina.op.GatherBatch;
import dev.lamina.random.Permutation;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.List;

/** What is drawn at random: batches. */
final class Sampling {
  private Sampling() {}

  static Result batchIndices(BatchIndices op, Value clock, TensorType type) {
    double[] indices = new double[op.size()];
    for (int i = 0; i < indices.length; i++) {
      long q = (long) word(clock, Clock.STEP) * op.size() + i;
      int epoch = (int) (q / op.samples());
      int r = (int) (q % op.samples());
      indices[i] =
          op.shuffle()
              ? Permutation.index(
                  word(clock, Clock.SEED_LOW), word(clock, Clock.SEED_HIGH), epoch, op.samples(), r)
              : r;
    }
    return Result.of(Expected.bits(type, indices));
  }

  static Result gatherBatch(GatherBatch op, Value data, Value clock) {
    TensorType numbers = TensorType.of(DType.INT32, op.batch().size());
    Value indices = batchIndices(op.batch(), clock, numbers).outputs().getFirst().value();
    TensorType type = op.infer(List.of(data.type(), clock.type())).getFirst();
    return Moves.gather(op.rows(), data, indices, type);
  }

  private static int word(Value clock, int position) {
    return (int) clock.data()[position];
  }
}
