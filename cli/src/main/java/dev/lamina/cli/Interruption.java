package dev.lamina.cli;

import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets Ctrl-C and SIGTERM end a run cleanly: the virtual machine waits until the run has stopped
 * and saved what it has, if it has something to save. The exit code is then 130 or 143.
 */
final class Interruption implements AutoCloseable {
  /** A step or a save must have its end; nothing else takes long. */
  private static final int PATIENCE_SECONDS = 60;

  /** What can be interrupted. */
  interface Stoppable {
    /**
     * Asks to stop, and tells of it; called by another thread.
     *
     * @return whether to wait until {@link Interruption#close()}
     */
    boolean stop();
  }

  private final CountDownLatch done = new CountDownLatch(1);
  private final PrintWriter err;
  private final Runnable leave;
  private final Thread hook;
  private volatile Stoppable running;

  /**
   * Listens. Until {@link #stops} names it there is nothing to save.
   *
   * @param err where the user is told
   * @param leave what to do last if nobody is waited for
   */
  Interruption(PrintWriter err, Runnable leave) {
    this.err = err;
    this.leave = leave;
    running =
        () -> {
          err.println("stopped before training began; nothing was saved");
          return false;
        };
    hook = new Thread(this::heard, "lamina-interruption");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** What is to be stopped from now on. */
  void stops(Stoppable run) {
    running = run;
  }

  private void heard() {
    err.println();
    boolean wait = running.stop();
    err.flush();
    if (!wait) {
      leave.run();
      return;
    }
    try {
      if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        err.println("the run does not stop; what was saved before is whole");
        err.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
