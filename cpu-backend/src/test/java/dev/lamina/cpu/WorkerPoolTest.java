package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pool runs every chunk once, publishes what chunks write, and passes on what they throw. */
final class WorkerPoolTest {
  private static Task task(int chunks, IntConsumer work) {
    return new Task() {
      @Override
      public int chunks() {
        return chunks;
      }

      @Override
      public void run(int chunk) {
        work.accept(chunk);
      }
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void manySmallTasksRunEachChunkOnceAndInOrderOfTasks(int threads) {
    try (WorkerPool pool = new WorkerPool(threads)) {
      int[] plain = new int[37]; // plain writes: only the pool makes them visible
      for (int round = 1; round <= 20_000; round++) {
        int now = round;
        int chunks = 1 + round % plain.length;
        pool.run(
            task(
                chunks,
                chunk -> {
                  plain[chunk]++;
                  if (plain[chunk] > now) {
                    throw new AssertionError("chunk " + chunk + " ran twice");
                  }
                }));
      }
      for (int chunk = 0; chunk < plain.length; chunk++) {
        int expected = 0;
        for (int round = 1; round <= 20_000; round++) {
          expected += 1 + round % plain.length > chunk ? 1 : 0;
        }
        assertEquals(expected, plain[chunk], "chunk " + chunk);
      }
    }
  }

  @Test
  void aTaskSeesWhatTheTaskBeforeWrote() {
    try (WorkerPool pool = new WorkerPool(4)) {
      long[] values = new long[64];
      for (int round = 0; round < 5_000; round++) {
        int shift = 1 + round % 63;
        long[] before = values.clone();
        long[] next = new long[64];
        Task add = task(64, i -> next[i] = values[(i + shift) % 64] + i);
        Task copy = task(64, i -> values[i] = next[63 - i]);
        pool.run(add);
        pool.run(copy);
        for (int i = 0; i < 64; i++) {
          assertEquals(before[(63 - i + shift) % 64] + 63 - i, values[i]);
        }
      }
    }
  }

  @Test
  void workersThatParkedWakeUp() {
    try (WorkerPool pool = new WorkerPool(3)) {
      AtomicInteger ran = new AtomicInteger();
      for (int i = 0; i < 20; i++) {
        LockSupport.parkNanos(3_000_000); // longer than workers spin
        pool.run(task(10, chunk -> ran.incrementAndGet()));
      }
      assertEquals(200, ran.get());
    }
  }

  @Test
  void slotsAreDifferentForThreadsThatWorkAtTheSameTime() {
    try (WorkerPool pool = new WorkerPool(4)) {
      AtomicIntegerArray inUse = new AtomicIntegerArray(4);
      Set<Thread> threads = ConcurrentHashMap.newKeySet();
      for (int round = 0; round < 200; round++) {
        pool.run(
            task(
                16,
                chunk -> {
                  int slot = pool.slot();
                  threads.add(Thread.currentThread());
                  assertEquals(1, inUse.incrementAndGet(slot), "slot " + slot);
                  Thread.yield();
                  inUse.decrementAndGet(slot);
                }));
      }
      assertTrue(threads.contains(Thread.currentThread()), "the caller works too");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void theFirstExceptionReachesTheCallerAndThePoolGoesOn(int threads) {
    try (WorkerPool pool = new WorkerPool(threads)) {
      for (int round = 0; round < 500; round++) {
        int bad = round % 16;
        IllegalStateException thrown = new IllegalStateException("chunk " + bad);
        IllegalStateException found =
            assertThrows(
                IllegalStateException.class,
                () ->
                    pool.run(
                        task(
                            16,
                            chunk -> {
                              if (chunk == bad) {
                                throw thrown;
                              }
                            })));
        assertSame(thrown, found);
        AtomicInteger ran = new AtomicInteger();
        pool.run(task(16, chunk -> ran.incrementAndGet()));
        assertEquals(16, ran.get());
      }
      AssertionError error = new AssertionError("an error, not an exception");
      Task failing =
          task(
              8,
              chunk -> {
                throw error;
              });
      assertSame(error, assertThrows(AssertionError.class, () -> pool.run(failing)));
    }
  }

  @Test
  void aTaskInATaskIsRefused() {
    try (WorkerPool pool = new WorkerPool(2)) {
      Task outer = task(4, chunk -> pool.run(task(1, inner -> {})));
      assertTrue(
          assertThrows(IllegalStateException.class, () -> pool.run(outer))
              .getMessage()
              .contains("one task at a time"));
    }
  }

  @Test
  void closeEndsTheThreadsAndFurtherTasksAreRefused() {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    WorkerPool pool = new WorkerPool(3);
    for (int round = 0; round < 50; round++) {
      pool.run(
          task(
              30,
              chunk -> {
                threads.add(Thread.currentThread());
                LockSupport.parkNanos(10_000);
              }));
    }
    assertTrue(threads.size() > 1, "workers took chunks");
    pool.close();
    pool.close();
    threads.remove(Thread.currentThread());
    for (Thread thread : threads) {
      assertTrue(thread.isDaemon());
      assertFalse(thread.isAlive(), thread + " has ended");
    }
    assertThrows(IllegalStateException.class, () -> pool.run(task(2, chunk -> {})));
  }

  @Test
  void anInterruptDoesNotEndATaskEarly() {
    try (WorkerPool pool = new WorkerPool(2)) {
      AtomicInteger ran = new AtomicInteger();
      Thread.currentThread().interrupt();
      pool.run(
          task(
              8,
              chunk -> {
                ran.incrementAndGet();
                long until = System.nanoTime() + 2_000_000;
                while (System.nanoTime() < until) {
                  Thread.onSpinWait();
                }
              }));
      assertTrue(Thread.interrupted(), "the interrupt is kept");
      assertEquals(8, ran.get());
    }
  }
}
