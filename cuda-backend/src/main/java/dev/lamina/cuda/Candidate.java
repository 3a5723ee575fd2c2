package dev.lamina.cuda;

import java.util.List;

/**
 * A way to compute a product while it is tried and measured; it owns its work. What is short is
 * captured and replayed several times over, as it runs in a program: so the host's share does not
 * count.
 */
final class Candidate implements AutoCloseable {
  /** A time in milliseconds from which on one run is exact enough. */
  private static final double LONG = 5;

  /** How long a replay should take in milliseconds, as events resolve half a microsecond. */
  private static final double REPLAY = 0.1;

  private static final int MOST_REPEATS = 16;

  private final ProductChoice choice;
  private final List<Work> works;
  private final Lane lane;
  private CapturedGraph graph;
  private int repeats = 1;
  private double estimate;
  private double best = Double.POSITIVE_INFINITY;

  Candidate(ProductChoice choice, List<Work> works, Lane lane) {
    this.choice = choice;
    this.works = works;
    this.lane = lane;
  }

  List<Work> works() {
    return works;
  }

  /** Puts the work on the lane once, call by call. */
  void run() {
    works.forEach(work -> work.enqueue(lane));
  }

  /** Makes ready to be measured; it has been run before, so that its kernels are loaded. */
  void prepare(ProductTimer timer) {
    estimate = timer.milliseconds(this::run);
    if (estimate < LONG) {
      repeats = (int) Math.clamp(REPLAY / Math.max(estimate, 1e-6), 1, MOST_REPEATS);
      graph = CapturedGraph.capture(lane, ProductTimer.ACTION, this::run, repeats);
    }
  }

  /** Puts as much on the lane as is measured at a time. */
  void launch() {
    if (graph == null) {
      run();
    } else {
      graph.launch();
    }
  }

  /** How many milliseconds a launch takes, roughly. */
  double launchMilliseconds() {
    return estimate * repeats;
  }

  /** Measures one launch; the shortest counts. */
  void measure(ProductTimer timer) {
    best = Math.min(best, timer.milliseconds(this::launch) / repeats);
  }

  /** What was measured. */
  ProductTuner.Timed timed() {
    return new ProductTuner.Timed(choice, best);
  }

  @Override
  public void close() {
    if (graph != null) {
      graph.close();
    }
    works.forEach(Work::close);
  }
}
