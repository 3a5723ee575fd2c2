package dev.lamina.cpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that work off the chunks of one task at a time, together with the thread that calls
 * {@link #run}. A worker that finds nothing to do spins briefly, because the next task of a program
 * follows within microseconds, and then parks. Running a task allocates nothing.
 *
 * <p>Chunks are claimed one by one, so a worker whose core is busy with another process takes fewer
 * of them instead of making the others wait for its share.
 *
 * <p>Why this is correct under the Java memory model: {@link Counters#claim} holds the number of
 * the job in its upper and the number of its unclaimed chunks in its lower half. The caller writes
 * {@code task}, {@code chunks} and {@code pending}, and then {@code claim}, which is volatile. A
 * thread claims a chunk by a compare-and-set from a value with at least one unclaimed chunk. The
 * job's number makes that fail for a thread that comes late with an earlier job's value. Success
 * synchronises with the caller's write, so the thread sees the fields of this job, and they stay:
 * the caller changes them only when {@code pending} is 0, which the claimed chunk prevents until it
 * has ended. Each thread decrements {@code pending} atomically after a chunk; the caller returns
 * when it reads 0 there and so sees everything that the chunks wrote, and the chunks of the next
 * job see it through {@code claim}.
 */
final class WorkerPool implements AutoCloseable {
  /** How long a worker spins before it parks: more than the gaps between the tasks of a program. */
  private static final long SPIN_NANOS = 200_000;

  /** How often the caller looks for the end before it lets others have its core, and then parks. */
  private static final int CALLER_SPINS = 2_000;

  private static final int CALLER_YIELDS = 2_000;

  private static final VarHandle CLAIM;
  private static final VarHandle PENDING;
  private static final VarHandle FAILURE;
  private static final VarHandle BUSY;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      CLAIM = lookup.findVarHandle(Counters.class, "claim", long.class);
      PENDING = lookup.findVarHandle(Counters.class, "pending", int.class);
      FAILURE = lookup.findVarHandle(WorkerPool.class, "failure", Throwable.class);
      BUSY = lookup.findVarHandle(WorkerPool.class, "busy", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The contended counters, each on cache lines of its own. */
  private static final class Counters {
    @SuppressWarnings("unused")
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;

    /** Number of the job in the upper 32 bits, number of its unclaimed chunks in the lower. */
    volatile long claim;

    @SuppressWarnings("unused")
    private long p20, p21, p22, p23, p24, p25, p26, p27, p28, p29, p30, p31, p32, p33, p34, p35;

    /** How many chunks of the job have not ended. */
    volatile int pending;

    @SuppressWarnings("unused")
    private long p40, p41, p42, p43, p44, p45, p46, p47, p48, p49, p50, p51, p52, p53, p54, p55;
  }

  private final Worker[] workers;
  private final Counters counters = new Counters();
  private Task task;
  private int chunks;
  private volatile Throwable failure;
  private volatile Thread waiting;
  private volatile boolean busy;
  private volatile boolean closed;

  /**
   * Starts a pool.
   *
   * @param threads how many threads compute, the calling one included
   */
  WorkerPool(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads: expected at least 1, got " + threads);
    }
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
      workers[i].start();
    }
  }

  /** The number of threads that compute, the calling one included. */
  int threads() {
    return workers.length + 1;
  }

  /**
   * A number from 0 to {@link #threads()} - 1 that no other thread has while it runs a chunk: which
   * scratch memory to use.
   */
  int slot() {
    return Thread.currentThread() instanceof Worker worker && worker.pool() == this
        ? worker.slot
        : 0;
  }

  /**
   * Runs all chunks of a task and returns when they have ended.
   *
   * <p>If a chunk throws, the chunks that have not begun are left out and the first exception is
   * thrown here.
   */
  void run(Task work) {
    if (!BUSY.compareAndSet(this, false, true)) {
      throw new IllegalStateException(
          "the CPU backend is already computing: its pool runs one task at a time, and tasks may"
              + " not start tasks");
    }
    try {
      if (closed) {
        throw new IllegalStateException("the CPU backend is closed");
      }
      int count = work.chunks();
      if (count == 1 || workers.length == 0) {
        for (int chunk = 0; chunk < count; chunk++) {
          work.run(chunk);
        }
      } else {
        runTogether(work, count);
      }
    } finally {
      busy = false;
    }
  }

  private void runTogether(Task work, int count) {
    task = work;
    chunks = count;
    failure = null;
    counters.pending = count;
    counters.claim = ((counters.claim >>> 32) + 1 << 32) | count;
    int helpers = Math.min(count - 1, workers.length);
    for (int i = 0; i < helpers; i++) {
      if (workers[i].parked) {
        LockSupport.unpark(workers[i]);
      }
    }
    work();
    awaitEnd();
    task = null;
    Throwable thrown = failure;
    if (thrown != null) {
      failure = null;
      if (thrown instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) thrown; // chunks declare no checked exceptions
    }
  }

  /** Claims and runs chunks of the current job until none is left. */
  private void work() {
    while (true) {
      long seen = counters.claim;
      int unclaimed = (int) seen;
      if (unclaimed == 0) {
        return;
      }
      if (!CLAIM.compareAndSet(counters, seen, seen - 1)) {
        continue;
      }
      try {
        if (failure == null) {
          task.run(chunks - unclaimed);
        }
      } catch (Throwable t) {
        FAILURE.compareAndSet(this, (Throwable) null, t);
      } finally {
        if ((int) PENDING.getAndAdd(counters, -1) == 1) {
          Thread waiter = waiting;
          if (waiter != null) {
            LockSupport.unpark(waiter);
          }
        }
      }
    }
  }

  private boolean hasWork() {
    return (int) counters.claim != 0;
  }

  private void awaitEnd() {
    int tries = 0;
    while (counters.pending != 0) {
      tries++;
      if (tries <= CALLER_SPINS) {
        Thread.onSpinWait();
      } else if (tries <= CALLER_SPINS + CALLER_YIELDS) {
        Thread.yield();
      } else {
        // Written before pending is read again: whoever ends the last chunk after that read sees
        // it. An interrupt makes park return at once; then this loop only spins.
        waiting = Thread.currentThread();
        if (counters.pending != 0) {
          LockSupport.park(this);
        }
        waiting = null;
      }
    }
  }

  /** Ends the threads; closing twice does nothing. */
  @Override
  public void close() {
    closed = true;
    boolean interrupted = false;
    for (Worker worker : workers) {
      LockSupport.unpark(worker);
      while (worker.isAlive() && worker != Thread.currentThread()) {
        try {
          worker.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Worker extends Thread {
    private final int slot;
    private volatile boolean parked;

    Worker(int slot) {
      super("lamina-cpu-" + slot);
      this.slot = slot;
      setDaemon(true);
    }

    WorkerPool pool() {
      return WorkerPool.this;
    }

    @Override
    public void run() {
      while (!closed) {
        if (spin()) {
          work();
        } else {
          // Written before claim is read again: a caller whose job that read missed sees it.
          parked = true;
          if (!hasWork() && !closed) {
            LockSupport.park(WorkerPool.this);
          }
          parked = false;
        }
      }
    }

    /** Waits a little; whether work came. */
    private boolean spin() {
      long start = System.nanoTime();
      while (!closed) {
        for (int i = 0; i < 64; i++) {
          if (hasWork()) {
            return true;
          }
          Thread.onSpinWait();
        }
        if (System.nanoTime() - start > SPIN_NANOS) {
          return false;
        }
      }
      return false;
    }
  }
}
