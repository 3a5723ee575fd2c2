package dev.lamina.benchmarks;

import dev.lamina.benchmarks.compare.LaminaStep;
import dev.lamina.benchmarks.compare.Problem;
import dev.lamina.benchmarks.report.Work;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.nn.Model;
import dev.lamina.train.Predictor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/** Requests for the prediction of one sample each, by threads that share a predictor. */
public class PredictionBenchmark extends DeviceBenchmark {
  /** Requests of all threads together. */
  static final int REQUESTS = 960;

  private static final String NETWORK = "784-512-512-10:64";

  /** How many threads ask. */
  @Param({"1", "8", "32"})
  public int clients;

  private Model model;
  private Predictor predictor;
  private ExecutorService threads;
  private float[] sample;

  @Override
  void prepare(String method) {
    Problem problem = Problem.parse(NETWORK);
    model = LaminaStep.model(problem, backend());
    predictor = new Predictor(model, new SoftmaxCrossEntropy(), problem.batch());
    sample = Arrays.copyOf(problem.data(), problem.inputs());
    threads = Executors.newFixedThreadPool(clients);
  }

  /** The forward pass of one sample. */
  @Override
  public Work work(String method) {
    return Work.flops(2.0 * (784 * 512 + 512 * 512 + 512 * 10));
  }

  /** One of many requests. */
  @Benchmark
  @OperationsPerInvocation(REQUESTS)
  public void request() throws InterruptedException, ExecutionException {
    List<Future<?>> running = new ArrayList<>();
    for (int client = 0; client < clients; client++) {
      running.add(threads.submit(this::ask));
    }
    for (Future<?> one : running) {
      one.get();
    }
  }

  private void ask() {
    for (int i = 0; i < REQUESTS / clients; i++) {
      predictor.predict(sample);
    }
  }

  @Override
  public void close() {
    threads.shutdown();
    predictor.close();
    model.close();
    super.close();
  }
}
