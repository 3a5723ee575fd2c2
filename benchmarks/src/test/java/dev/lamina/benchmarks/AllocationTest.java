package dev.lamina.benchmarks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.Backends;
import dev.lamina.benchmarks.compare.Problem;
import java.lang.management.ManagementFactory;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;

/** A training step on the CPU makes next to no garbage, in the calling thread and the workers. */
class AllocationTest {
  /**
   * What one step may allocate. Fully compiled code allocates nothing; now and then a method that
   * runs interpreted for a moment makes a box.
   */
  private static final double BYTES = 64;

  private static final int STEPS = 50;

  /**
   * How often it is tried at most: until the compiler has got to everything, which takes long
   * beside other processes, the Vector API and calls to native code allocate.
   */
  private static final int ROUNDS = 1000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @SuppressWarnings("unused")
  private static volatile Object escape;

  @Test
  void stepAllocatesNextToNothing() {
    try (Backend backend = Backends.open("cpu", BackendOptions.DEFAULT.withThreads(2));
        ResidentStep step = new ResidentStep(backend, Problem.parse("784-512-512-10:128"))) {
      double least = Double.POSITIVE_INFINITY;
      for (int round = 0; round < ROUNDS && least > BYTES; round++) {
        least = Math.min(least, (double) allocatedBy(step::run) / STEPS);
      }
      assertTrue(least <= BYTES, least + " bytes a step");
      System.out.printf("a training step on the CPU allocates %.1f bytes%n", least);
    }
  }

  /** The measurement sees what the calling thread and what another thread of the pool allocates. */
  @Test
  void allocationsAreSeen() throws InterruptedException {
    long bytes = 10_000;
    assertTrue(allocatedBy(() -> escape = new byte[(int) bytes]) >= bytes * STEPS);
    CyclicBarrier barrier = new CyclicBarrier(2);
    Thread worker =
        new Thread(
            () -> {
              for (int i = 0; i < STEPS; i++) {
                escape = new byte[(int) bytes];
                await(barrier);
              }
              await(barrier); // alive until it has been measured
            },
            "lamina-cpu-test");
    worker.start();
    await(barrier);
    int[] steps = {1};
    long seen =
        allocatedBy(() -> {
          if (steps[0]++ < STEPS) {
            await(barrier);
          }
        });
    await(barrier);
    worker.join();
    assertTrue(seen >= bytes * (STEPS - 2), seen + " bytes");
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new AssertionError(e);
    }
  }

  private static long allocatedBy(Runnable step) {
    long[] threads =
        Thread.getAllStackTraces().keySet().stream()
            .filter(t -> t == Thread.currentThread() || t.getName().startsWith("lamina-cpu-"))
            .mapToLong(Thread::threadId)
            .toArray();
    long[] before = THREADS.getThreadAllocatedBytes(threads);
    for (int i = 0; i < STEPS; i++) {
      step.run();
    }
    long[] after = THREADS.getThreadAllocatedBytes(threads);
    long allocated = 0;
    for (int i = 0; i < threads.length; i++) {
      allocated += after[i] - before[i];
    }
    return allocated;
  }
}
