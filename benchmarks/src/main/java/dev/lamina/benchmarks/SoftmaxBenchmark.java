package dev.lamina.benchmarks;

import dev.lamina.backend.Operand;
import dev.lamina.benchmarks.report.Work;
import dev.lamina.op.LossFunction;
import dev.lamina.op.LossWithGradient;
import dev.lamina.op.MeanLoss;
import dev.lamina.op.Softmax;
import dev.lamina.type.DType;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Softmax, and the softmax cross-entropy from logits and class numbers. */
public class SoftmaxBenchmark extends DeviceBenchmark {
  /** Samples x classes. */
  @Param({"128x10", "1024x10", "1024x1000", "8192x4096"})
  public String shape;

  /** In which precision; cross-entropy is never in bf16. */
  @Param("fp32")
  public String precision;

  @Override
  Precision precision() {
    return Precision.of(precision);
  }

  @Override
  void prepare(String method) {
    int[] extents = Extents.parse("shape", shape, 2);
    DType dtype = precision().dtype();
    Operand logits = numbers(dtype, extents[0], extents[1]);
    Operand classes = integers(DType.INT32, extents[1], extents[0]);
    Operand result = tensor(dtype, extents[0], extents[1]);
    Operand loss = tensor(dtype);
    LossFunction function = LossFunction.SOFTMAX_CROSS_ENTROPY;
    switch (method) {
      case "softmax" -> compile(new Softmax(false), List.of(logits), List.of(result));
      case "crossEntropy" ->
          compile(new MeanLoss(function), List.of(logits, classes), List.of(loss));
      default ->
          compile(new LossWithGradient(function), List.of(logits, classes), List.of(result, loss));
    }
  }

  @Override
  public Work work(String method) {
    int[] extents = Extents.parse("shape", shape, 2);
    double matrix = (double) extents[0] * extents[1] * precision().dtype().bytes();
    double labels = (double) extents[0] * DType.INT32.bytes();
    return Work.bytes(
        switch (method) {
          case "softmax" -> 2 * matrix;
          case "crossEntropy" -> matrix + labels;
          default -> 2 * matrix + labels;
        });
  }

  /** Softmax of each row. */
  @Benchmark
  public void softmax() {
    run();
  }

  /** The mean cross-entropy. */
  @Benchmark
  public void crossEntropy() {
    run();
  }

  /** The mean cross-entropy and its gradient by the logits, in one operation. */
  @Benchmark
  public void crossEntropyWithGradient() {
    run();
  }
}
