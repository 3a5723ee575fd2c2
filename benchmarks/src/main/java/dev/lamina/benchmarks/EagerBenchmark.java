package dev.lamina.benchmarks;

import dev.lamina.benchmarks.report.Work;
import dev.lamina.op.Reduce.Axis;
import dev.lamina.tensor.Tensor;
import dev.lamina.tensor.TensorArena;
import java.util.function.Function;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/**
 * Eager operations on square tensors of FP32: what a call costs where there is little to compute.
 * Each takes its share of an arena that is opened, filled and closed.
 */
public class EagerBenchmark extends DeviceBenchmark {
  /** Operations in an arena. */
  static final int OPERATIONS = 100;

  /** Rows and columns of a tensor. */
  @Param({"8", "64"})
  public int size;

  private float[] numbers;

  @Override
  void prepare(String method) {
    numbers = new float[size * size];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) Math.sin(i);
    }
  }

  /**
   * Small tensors stay in the caches, so a rate against a ceiling says nothing but is asked for.
   */
  @Override
  public Work work(String method) {
    double elements = (double) size * size;
    return method.equals("product")
        ? Work.flops(2 * elements * size)
        : Work.bytes((method.equals("add") ? 12 : 8) * elements);
  }

  private Tensor repeat(Function<Tensor, Tensor> operation) {
    Tensor result = null;
    try (TensorArena arena = TensorArena.open("benchmark", backend())) {
      Tensor x = arena.of(numbers, size, size);
      for (int i = 0; i < OPERATIONS; i++) {
        result = operation.apply(x);
      }
      backend().synchronize();
    }
    return result;
  }

  /** A matrix product. */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public Tensor product() {
    return repeat(x -> x.matmul(x));
  }

  /** A sum of two tensors. */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public Tensor add() {
    return repeat(x -> x.add(x));
  }

  /** A function of one tensor. */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public Tensor exp() {
    return repeat(Tensor::exp);
  }

  /** A softmax of each row. */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public Tensor softmax() {
    return repeat(Tensor::softmax);
  }

  /** A sum of all elements. */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public Tensor sum() {
    return repeat(x -> x.sum(Axis.ALL));
  }
}
