package dev.lamina.fuzz;

import dev.lamina.LaminaException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Feeds damaged files to a reader. The first that it neither reads nor refuses in its own words, or
 * that takes too long, ends the run and is kept in a file.
 */
class Fuzzer {
  /** Files are some kilobytes long. */
  private static final long TOO_LONG_NANOS = 20_000_000_000L;

  private static final int LONGEST_MESSAGE = 4000;

  private final Subject subject;
  private final long seed;
  private final int inputs;
  private final Path work;
  private final Path kept;
  private final AtomicLong read = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicReference<AssertionError> failure = new AtomicReference<>();

  /**
   * A run.
   *
   * @param seed input i is made from the number seed + i
   * @param work a folder for the damaged files
   * @param kept a folder for what failed
   */
  Fuzzer(Subject subject, long seed, int inputs, Path work, Path kept) {
    this.subject = subject;
    this.seed = seed;
    this.inputs = inputs;
    this.work = work;
    this.kept = kept;
  }

  /** A reader for one thread. */
  Reader open(Path folder) throws IOException {
    return subject.open(folder);
  }

  /** How many files were read, and how many refused. */
  record Outcome(long read, long refused) {}

  /** Runs on so many threads. */
  Outcome run(int threads) throws InterruptedException {
    Mutator mutator = new Mutator(subject.seeds());
    List<Worker> workers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Worker worker = new Worker(mutator, i, threads);
      worker.setDaemon(true);
      worker.start();
      workers.add(worker);
    }
    for (Worker worker : workers) {
      while (worker.isAlive() && failure.get() == null) {
        worker.join(200);
        worker.checkTime();
      }
    }
    if (failure.get() != null) {
      throw failure.get();
    }
    return new Outcome(read.get(), refused.get());
  }

  /** Tries one input; what failed is kept under its number. */
  private void attempt(Reader reader, Path file, byte[] bytes, long number) {
    try {
      // Some file systems flush a file that is overwritten, which takes milliseconds.
      Files.deleteIfExists(file);
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      (reader.read(file) ? read : refused).incrementAndGet();
    } catch (LaminaException e) {
      refused.incrementAndGet();
      if (!isMessage(e.getMessage(), file)) {
        fail(bytes, number, "its message is no message: " + e.getMessage(), e);
      }
    } catch (Exception | Error e) {
      fail(bytes, number, "the reader failed: " + e, e);
    }
  }

  /**
   * Whether a message says which file is meant, is not too long, and can do no harm to a terminal.
   */
  private static boolean isMessage(String message, Path file) {
    return message != null
        && message.contains(file.getParent().toString())
        && message.length() <= LONGEST_MESSAGE
        && message.chars().noneMatch(c -> c != '\n' && Character.isISOControl(c));
  }

  private void fail(byte[] bytes, long number, String why, Throwable cause) {
    Path file = kept.resolve(subject.label() + "-" + number + ".bin");
    try {
      Files.createDirectories(kept);
      Files.write(file, bytes);
    } catch (IOException e) {
      why += "; it could not be kept: " + e;
    }
    failure.compareAndSet(
        null,
        new AssertionError(
            subject.label()
                + ", input "
                + number
                + ": "
                + why
                + System.lineSeparator()
                + "It is kept; to try it again: scripts/fuzz-readers.sh "
                + file.toAbsolutePath(),
            cause));
  }

  /** Every n-th input. */
  private final class Worker extends Thread {
    private final Mutator mutator;
    private final int first;
    private final int step;
    private volatile long current = -1;
    private volatile long since;

    Worker(Mutator mutator, int first, int step) {
      super("fuzz-" + subject.label() + "-" + first);
      this.mutator = mutator;
      this.first = first;
      this.step = step;
    }

    @Override
    public void run() {
      Path folder = work.resolve(getName());
      try (Reader reader = open(Files.createDirectories(folder))) {
        for (long i = first; i < inputs && failure.get() == null; i += step) {
          byte[] bytes = subject.input(mutator, seed + i);
          since = System.nanoTime();
          current = seed + i;
          attempt(reader, folder.resolve(subject.file()), bytes, seed + i);
        }
      } catch (IOException | RuntimeException | Error e) {
        failure.compareAndSet(null, new AssertionError(subject.label() + ": " + e, e));
      }
    }

    void checkTime() {
      long number = current;
      if (number >= 0 && isAlive() && System.nanoTime() - since > TOO_LONG_NANOS) {
        AssertionError where = new AssertionError("it is here");
        where.setStackTrace(getStackTrace());
        fail(subject.input(mutator, number), number, "it takes too long", where);
      }
    }
  }
}
