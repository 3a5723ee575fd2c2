package dev.lamina.cuda;

/**
 * Keeps a GPU busy before something is measured on it: one that was idle takes a while to reach its
 * clocks, and what is measured first would seem slow.
 */
final class WarmUp {
  /** Clocks fall again once nothing has run for about so long. */
  private static final long IDLE_NANOS = 500_000_000;

  /** How many milliseconds of work are put on the lane at a time. */
  private static final double BURST = 5;

  private final long nanos;
  private boolean busyBefore;
  private long lastBusy;

  /**
   * A warm-up.
   *
   * @param milliseconds how long it takes, 0 for none
   */
  WarmUp(int milliseconds) {
    nanos = milliseconds * 1_000_000L;
  }

  /** Runs a candidate for as long as it takes, unless the GPU was busy just now. */
  void run(Candidate candidate, Lane lane) {
    long begin = System.nanoTime();
    if (nanos == 0 || busyBefore && begin - lastBusy < IDLE_NANOS) {
      return;
    }
    int launches = (int) Math.clamp(BURST / Math.max(candidate.launchMilliseconds(), 1e-3), 1, 64);
    do {
      for (int i = 0; i < launches; i++) {
        candidate.launch();
      }
      lane.synchronize(ProductTimer.ACTION);
    } while (System.nanoTime() - begin < nanos);
  }

  /** The GPU was busy until now. */
  void wasBusy() {
    busyBefore = true;
    lastBusy = System.nanoTime();
  }
}
