package dev.lamina.benchmarks;

import dev.lamina.random.Permutation;
import dev.lamina.random.Philox;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The generator behind initial weights and dropout, and the shuffle: scalar Java, for each number.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RandomBenchmark {
  private static final int COUNT = 4096;

  private final int[] block = new int[4];

  /** Philox 4x32-10, for each 32-bit word. */
  @Benchmark
  @OperationsPerInvocation(4 * COUNT)
  public int philox() {
    int sum = 0;
    for (int i = 0; i < COUNT; i++) {
      Philox.block(i, 0, 0, 0, 42, block);
      sum += block[0] ^ block[1] ^ block[2] ^ block[3];
    }
    return sum;
  }

  /** One place of a shuffle of 60,000. */
  @Benchmark
  @OperationsPerInvocation(COUNT)
  public int permutation() {
    int sum = 0;
    for (int i = 0; i < COUNT; i++) {
      sum += Permutation.index(42, 0, 1, 60_000, i);
    }
    return sum;
  }
}
