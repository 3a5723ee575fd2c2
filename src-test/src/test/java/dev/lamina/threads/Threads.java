package dev.lamina.threads;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Work on several threads at once. */
public final class Threads {
  private Threads() {}

  /** What a thread does. */
  public interface Work {
    /**
     * Does it.
     *
     * @param thread which of the threads this is, from 0
     */
    void on(int thread) throws Exception;
  }

  /** Runs a piece of work on so many threads, waits for all and throws what the first threw. */
  public static void run(int count, Work work) throws InterruptedException {
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads =
        IntStream.range(0, count)
            .mapToObj(i ->
                Thread.ofPlatform()
                    .start(() -> {
                      try {
                        work.on(i);
                      } catch (Throwable e) {
                        failures.add(e);
                      }
                    }))
            .toList();
    for (Thread thread : threads) {
      thread.join();
    }
    if (!failures.isEmpty()) {
      throw new AssertionError(
          failures.size() + " of " + count + " threads failed", failures.getFirst());
    }
  }
}
