package dev.lamina.benchmarks.report;

/** A benchmark that can say how much work it does, once its parameters are set. */
public interface Measured {
  /** The work of one execution of a benchmark method. */
  Work work(String method);
}
