package dev.lamina.benchmarks;

import dev.lamina.benchmarks.compare.LaminaStep;
import dev.lamina.benchmarks.compare.Problem;
import dev.lamina.benchmarks.report.Work;
import dev.lamina.data.Dataset;
import dev.lamina.loss.Loss;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.nn.Model;
import dev.lamina.train.DeviceData;
import dev.lamina.train.TrainingStep;
import dev.lamina.type.DType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/**
 * Training steps on data that lie on the device and on data that stream from the host: where
 * batches come as fast as they are used, both take the same time.
 */
public class StreamBenchmark extends DeviceBenchmark {
  /** Steps between two waits for the device. */
  static final int STEPS = 16;

  /** Batches in the data set: enough that pieces of it are as long as they are meant to be. */
  private static final int BATCHES = 32;

  /** Widths from inputs to classes, then the batch. */
  @Param({"784-512-512-10:128", "784-1024-1024-1024-10:1024"})
  public String network;

  /** Where the data lie. */
  @Param({"device", "host"})
  public String data;

  private Model model;
  private DeviceData samples;
  private TrainingStep step;

  @Override
  void prepare(String method) {
    Problem problem = Problem.parse(network);
    model = LaminaStep.model(problem, backend());
    Loss loss = new SoftmaxCrossEntropy();
    DType taken = TrainingStep.features(model);
    samples =
        data.equals("host")
            ? DeviceData.stream(backend(), dataset(problem), loss, problem.classes(), taken)
            : DeviceData.upload(backend(), dataset(problem), loss, problem.classes(), taken);
    step =
        TrainingStep.of(model)
            .optimizer(LaminaStep.adam())
            .batchSize(problem.batch())
            .data(samples)
            .build();
  }

  /** The problem's batch again and again. */
  private static Dataset dataset(Problem problem) {
    List<String> classes =
        IntStream.range(0, problem.classes()).mapToObj(Integer::toString).toList();
    Dataset batch =
        Dataset.classification(problem.data(), problem.inputs(), problem.labels(), classes);
    int[] rows = new int[BATCHES * problem.batch()];
    Arrays.setAll(rows, i -> i % problem.batch());
    return batch.select(rows);
  }

  /** The matrix products of a step alone. */
  @Override
  public Work work(String method) {
    return Work.flops(Problem.parse(network).flops());
  }

  /** One of several steps in a row. */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public void step() {
    step.run(STEPS);
    backend().synchronize();
  }

  /** Also checks that the loss was a number to the last. */
  @Override
  public void close() {
    step.losses();
    step.close();
    samples.close();
    model.close();
    super.close();
  }
}
