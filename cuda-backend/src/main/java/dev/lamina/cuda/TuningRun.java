package dev.lamina.cuda;

import dev.lamina.LaminaException;
import dev.lamina.cuda.ProductTuner.Timed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import jcuda.driver.CUresult;

/**
 * Tries candidates for a product on matrices of their own, and measures those that are right in
 * turns: so all of them meet the same clocks and the same temperature.
 */
final class TuningRun implements AutoCloseable {
  private static final int ROUNDS = 2;

  /** How often a candidate is measured before it is the next one's turn. */
  private static final int REPLAYS = 2;

  private static final System.Logger LOG = System.getLogger(TuningRun.class.getName());

  private final Products products;
  private final Lane lane;
  private final WarmUp warmUp;
  private final TuningMatrices matrices;
  private final ProductTimer timer;

  /**
   * Allocates memory.
   *
   * @throws LaminaException if there is not enough
   */
  TuningRun(
      CudaBackend backend,
      Products products,
      WarmUp warmUp,
      List<Step.Region> regions,
      long scratchBytes) {
    this.products = products;
    this.warmUp = warmUp;
    lane = backend.lanes(1).getFirst();
    matrices = new TuningMatrices(backend, regions, scratchBytes);
    try {
      timer = new ProductTimer(lane);
    } catch (RuntimeException e) {
      matrices.close();
      throw e;
    }
  }

  TuningMatrices matrices() {
    return matrices;
  }

  /**
   * A way that is to be tried.
   *
   * @param way on this run's matrices
   */
  record Trial(ProductWay way, ProductChoice choice) {}

  /** A way's work on this run's matrices. */
  List<Work> works(Trial trial) {
    return products.works(
        trial.way(), trial.choice().algorithm(), matrices.scratch(), name(trial.way()));
  }

  private String name(ProductWay way) {
    return products.shape(way).key();
  }

  /**
   * The fastest of those that can be run and are right; empty if none is.
   *
   * @param right looks at what a candidate does, beside what is always looked at
   */
  Optional<Timed> fastest(List<Trial> trials, Predicate<List<Work>> right) {
    List<Candidate> candidates = new ArrayList<>();
    try {
      matrices.ones();
      for (Trial trial : trials) {
        tryOut(trial, right, candidates);
      }
      // Zeros and ones take less power than other numbers, and then clocks are higher.
      matrices.randomise();
      List<Timed> timed = measure(candidates);
      return timed.isEmpty() ? Optional.empty() : Optional.of(ProductTuner.best(timed));
    } finally {
      candidates.forEach(Candidate::close);
    }
  }

  private void tryOut(Trial trial, Predicate<List<Work>> right, List<Candidate> candidates) {
    ProductWay way = trial.way();
    Candidate candidate = null;
    try {
      candidate = new Candidate(trial.choice(), works(trial), lane);
      candidate.run();
      if (right.test(candidate.works())
          && matrices.isExact(way, candidate.works(), products.shape(way))) {
        candidates.add(candidate);
        candidate = null;
      }
    } catch (LaminaException e) {
      refused(name(way), e);
    } finally {
      if (candidate != null) {
        candidate.close();
      }
    }
  }

  private List<Timed> measure(List<Candidate> candidates) {
    List<Candidate> left = new ArrayList<>(candidates);
    left.removeIf(c -> !runs(() -> c.prepare(timer)));
    if (!left.isEmpty()) {
      runs(() -> warmUp.run(left.getFirst(), lane));
    }
    for (int i = 0; i < ROUNDS; i++) {
      left.removeIf(c ->
          !runs(() -> {
            for (int j = 0; j < REPLAYS; j++) {
              c.measure(timer);
            }
          }));
    }
    warmUp.wasBusy();
    return left.stream().map(Candidate::timed).toList();
  }

  private boolean runs(Runnable work) {
    try {
      work.run();
      return true;
    } catch (LaminaException e) {
      refused(ProductTimer.ACTION, e);
      return false;
    }
  }

  /** A candidate that the library or the driver refuses is none, unless the device is lost. */
  private void refused(String what, LaminaException e) {
    int status = lane.finish();
    if (status != CUresult.CUDA_SUCCESS) {
      e.addSuppressed(CudaException.driver(status, "waiting after " + what));
      throw e;
    }
    LOG.log(System.Logger.Level.DEBUG, "{0} is not taken: {1}", what, e.getMessage());
  }

  @Override
  public void close() {
    timer.close();
    matrices.close();
  }
}
