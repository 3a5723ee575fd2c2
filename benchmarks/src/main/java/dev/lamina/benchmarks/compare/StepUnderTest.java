package dev.lamina.benchmarks.compare;

/**
 * A contender's training step on a {@link Problem}: forward, softmax cross-entropy, backward, Adam.
 * An implementation has a public constructor that takes the problem and the number of threads, and
 * starts from the problem's initial parameters.
 */
public interface StepUnderTest extends AutoCloseable {
  /** The library and its version, with what was chosen of its settings. */
  String name();

  /** One whole training step; all of its work is done when it returns. */
  void step();

  /** The mean loss over the batch before the last step's update. */
  double loss();

  @Override
  void close();
}
