package dev.lamina.train;

import dev.lamina.backend.Memory;
import dev.lamina.backend.Uploads;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The thread that fills a ring of batches: gathers piece after piece and begins to send it as soon
 * as its place is free. What goes wrong there is thrown where a piece is awaited.
 */
final class RingFeeder implements AutoCloseable {
  private final Uploads uploads;
  private final PieceWriter writer;
  private final Memory ring;
  private final long targetOffset;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // All below belong to the lock.
  private long next;
  private long started; // all pieces of this course before it are on their way
  private long free = RingShape.PIECES; // all pieces before it have their place free
  private long course; // goes up with each restart
  private boolean closed;
  private Throwable failure;

  /**
   * Starts with the first piece.
   *
   * @param targetOffset where in the ring's memory the targets begin
   */
  RingFeeder(Uploads uploads, PieceWriter writer, Memory ring, long targetOffset) {
    this.uploads = uploads;
    this.writer = writer;
    this.ring = ring;
    this.targetOffset = targetOffset;
    thread = Thread.ofPlatform().daemon().name("lamina-batches").start(this::feed);
  }

  private void feed() {
    try {
      while (feedOne()) {
        // Piece after piece.
      }
    } catch (Throwable e) {
      locked(() -> failure = e);
    }
  }

  /** False once it is closed. */
  private boolean feedOne() {
    long piece;
    long own;
    lock.lock();
    try {
      piece = next;
      own = course;
    } finally {
      lock.unlock();
    }
    int slot = RingShape.slot(piece);
    writer.write(piece, uploads.await(slot));
    lock.lock();
    try {
      while (!closed && own == course && piece >= free) {
        changed.awaitUninterruptibly();
      }
      if (closed || own != course) {
        return !closed;
      }
    } finally {
      lock.unlock();
    }
    // After a restart meanwhile this still goes to a place that was free, and what the new course
    // sends there comes later.
    start(slot);
    locked(() -> {
      if (own == course) {
        started = piece + 1;
        next = piece + 1;
      }
    });
    return true;
  }

  private void start(int slot) {
    long features = writer.featureBytes();
    long targets = writer.targetBytes();
    uploads.start(slot, 0, ring, slot * features, features);
    uploads.start(slot, features, ring, targetOffset + slot * targets, targets);
  }

  /** Says that the place of a piece may be overwritten. */
  void release(long piece) {
    locked(() -> free = piece + RingShape.PIECES + 1);
  }

  /** Begins anew with another piece; both places may be overwritten. */
  void restart(long piece) {
    locked(() -> {
      course++;
      next = piece;
      started = piece;
      free = piece + RingShape.PIECES;
    });
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until a piece is on its way. */
  void awaitStarted(long piece) {
    lock.lock();
    try {
      while (started <= piece && failure == null) {
        changed.awaitUninterruptibly();
      }
      if (failure instanceof Error error) {
        throw error;
      }
      if (failure instanceof RuntimeException exception) {
        throw exception;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends the thread. */
  @Override
  public void close() {
    locked(() -> closed = true);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
