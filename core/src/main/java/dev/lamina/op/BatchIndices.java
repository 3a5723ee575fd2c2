package dev.lamina.op;

import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.List;

/**
 * Which samples make up the step's batch: input the clock, output INT32 [size]. Batches are cut one
 * after the other out of an endless row of epochs, each of which holds every sample once: position
 * q = step · size + i lies in epoch ⌊q / samples⌋ at place r = q mod samples, and the sample is r,
 * or if shuffled {@link dev.lamina.random.Permutation#index} of r for the clock's seed and this
 * epoch. So no sample is left out and every batch is full.
 *
 * @param size the batch size
 * @param samples the number of samples in the data set
 * @param shuffle whether the order changes from epoch to epoch
 */
public record BatchIndices(int size, int samples, boolean shuffle) implements Op {
  @Override
  public String label() {
    return "batch-indices";
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Check.count(this, inputs, 1);
    Check.exactly(this, inputs, 0, Clock.CLOCK);
    return List.of(TensorType.of(DType.INT32, size));
  }
}
