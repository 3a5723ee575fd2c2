package dev.lamina.cli;

import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets Ctrl-C end a run cleanly: the virtual machine waits until the run has stopped and saved what
 * it has. The exit code is then 130.
 */
final class Interruption implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;

  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook;

  /**
   * Listens.
   *
   * @param stop asks the run to stop; called on another thread
   * @param err where the user is told that it was heard
   */
  Interruption(Runnable stop, PrintWriter err) {
    hook =
        new Thread(
            () -> {
              stop.run();
              err.println();
              err.println("stopping; the best model so far is being saved");
              err.flush();
              try {
                done.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "lamina-interruption");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** The run is over, whether it was interrupted or not. */
  @Override
  public void close() {
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The virtual machine is ending already: the hook has run.
    }
  }
}
