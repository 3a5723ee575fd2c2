package dev.lamina.cli;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Something that is worked out while the calling thread does something else. Closing closes the
 * result: at once, or as soon as it is there if nobody waits for it any more.
 */
final class Background<T extends AutoCloseable> implements AutoCloseable {
  private final CompletableFuture<T> future = new CompletableFuture<>();

  private Background() {}

  static <T extends AutoCloseable> Background<T> start(String name, Callable<T> work) {
    Background<T> background = new Background<>();
    Thread.ofPlatform().daemon().name(name).start(() -> background.run(work));
    return background;
  }

  private void run(Callable<T> work) {
    try {
      future.complete(work.call());
    } catch (Throwable e) {
      future.completeExceptionally(e);
    }
  }

  /** Waits for the result; what the work threw is thrown here. */
  T get() {
    try {
      return future.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException known -> throw known;
        case Error error -> throw error;
        default -> throw new IllegalStateException(e.getCause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for data", e);
    }
  }

  @Override
  public void close() {
    future.thenAccept(result -> {
      try {
        result.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    });
  }
}
