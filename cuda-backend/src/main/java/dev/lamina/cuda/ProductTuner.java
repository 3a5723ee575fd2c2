package dev.lamina.cuda;

import dev.lamina.LaminaException;
import dev.lamina.cuda.TuningRun.Trial;
import dev.lamina.cuda.lt.CublasException;
import dev.lamina.cuda.lt.Epilogue;
import dev.lamina.cuda.lt.MatmulAlgorithm;
import dev.lamina.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Chooses how a product of one shape is computed. The ways to do it come in the order in which they
 * should be good: with cuBLASLt's epilogue, by cuBLASLt and kernels, by cuBLAS and kernels. The
 * first is kept unless another is measured to be clearly faster.
 */
final class ProductTuner {
  /** So many algorithms of each way are measured. */
  static final int CANDIDATES = 16;

  /** Faster by less is chance. */
  static final double WORTH_IT = 0.98;

  private static final System.Logger LOG = System.getLogger(ProductTuner.class.getName());

  private final CudaBackend backend;
  private final Products products;
  private final Lane lane;
  private final WarmUp warmUp;

  ProductTuner(CudaBackend backend, Products products) {
    this.backend = backend;
    this.products = products;
    lane = backend.lanes(1).getFirst();
    warmUp = new WarmUp(backend.options().warmUpMilliseconds());
  }

  /** A way that was measured. */
  record Timed(ProductChoice choice, double milliseconds) {}

  /** The first way, without running anything, that does not have to be tried first. */
  ProductChoice first(Step.FusedProduct fused) {
    for (int i = 0; i < fused.ways().size(); i++) {
      ProductWay way = fused.ways().get(i);
      List<MatmulAlgorithm> found = way.isDoubtful() ? List.of() : algorithms(way, 1);
      if (!found.isEmpty()) {
        return new ProductChoice(i, found.getFirst());
      }
    }
    return cublas(fused);
  }

  /** cuBLAS itself does every product. */
  private static ProductChoice cublas(Step.FusedProduct fused) {
    return new ProductChoice(fused.ways().size() - 1, null);
  }

  /**
   * The fastest way, measured.
   *
   * @throws LaminaException if there is not enough memory for it
   */
  Timed fastest(Step.FusedProduct fused) {
    try (TuningRun run = run(fused.regions(), fused.scratchBytes())) {
      List<Trial> trials = new ArrayList<>();
      for (int i = 0; i < fused.ways().size(); i++) {
        ProductWay way = run.matrices().moved(fused.ways().get(i));
        trials.addAll(trials(way, i));
        if (way.epilogue() == Epilogue.DEFAULT) {
          trials.add(new Trial(way, new ProductChoice(i, null)));
        }
      }
      return run.fastest(trials, works -> true)
          .orElseGet(() -> new Timed(cublas(fused), Double.POSITIVE_INFINITY));
    }
  }

  private TuningRun run(List<Step.Region> regions, long scratchBytes) {
    return new TuningRun(backend, products, warmUp, regions, scratchBytes);
  }

  /** A way by each of cuBLASLt's algorithms. */
  private List<Trial> trials(ProductWay way, int number) {
    return algorithms(way, CANDIDATES).stream()
        .map(algorithm -> new Trial(way, new ProductChoice(number, algorithm)))
        .toList();
  }

  private List<MatmulAlgorithm> algorithms(ProductWay way, int wanted) {
    try (LtProduct lt = products.describe(way)) {
      return lt.algorithms(wanted, lane.workspace().bytes());
    } catch (CublasException e) {
      // What an older library cannot even describe is left to the other ways.
      LOG.log(System.Logger.Level.DEBUG, "not asked for: {0}", e.getMessage());
      return List.of();
    }
  }

  /**
   * How a layer leaves a mask of what its ReLU kept and the layer above takes it for the gradient;
   * empty if that is not clearly faster than each by itself, of which either is the better for the
   * memory that the mask takes.
   *
   * @param apart how many milliseconds both take without a mask
   * @throws LaminaException if there is not enough memory to measure it
   */
  List<ProductChoice> masked(Step.FusedProduct forward, Step.FusedProduct backward, double apart) {
    try (TuningRun run = run(regions(forward, backward), scratchBytes(forward, backward))) {
      ProductWay leaves = run.matrices().moved(forward.masked());
      ProductWay takes = run.matrices().moved(backward.masked());
      Optional<Timed> leaving = run.fastest(trials(leaves, 0), works -> true);
      if (leaving.isEmpty()) {
        return List.of();
      }
      List<Work> layer = run.works(new Trial(leaves, leaving.get().choice()));
      try {
        Predicate<List<Work>> keepsZero =
            works -> run.matrices().keepsZero(leaves, layer, takes, works);
        Optional<Timed> taking = run.fastest(trials(takes, 0), keepsZero);
        return taking.isPresent()
                && leaving.get().milliseconds() + taking.get().milliseconds() < apart * WORTH_IT
            ? List.of(leaving.get().choice(), taking.get().choice())
            : List.of();
      } finally {
        layer.forEach(Work::close);
      }
    }
  }

  private static List<Step.Region> regions(Step.FusedProduct forward, Step.FusedProduct backward) {
    List<Step.Region> regions = new ArrayList<>(forward.regions());
    regions.addAll(backward.regions());
    regions.add(new Step.Region(ProductWay.UNPLACED, forward.masked().maskBytes(), DType.UINT8));
    return regions;
  }

  private static long scratchBytes(Step.FusedProduct forward, Step.FusedProduct backward) {
    return Math.max(forward.scratchBytes(), backward.scratchBytes());
  }

  /** How much memory it takes to measure a product. */
  static long bytes(Step.FusedProduct fused) {
    return TuningMatrices.bytes(fused.regions(), fused.scratchBytes());
  }

  /** How much memory it takes to measure a pair with a mask between. */
  static long bytes(Step.FusedProduct forward, Step.FusedProduct backward) {
    return TuningMatrices.bytes(regions(forward, backward), scratchBytes(forward, backward));
  }

  /** The first, unless another is clearly faster. */
  static Timed best(List<Timed> timed) {
    Timed best = timed.getFirst();
    double toBeat = best.milliseconds() * WORTH_IT;
    for (Timed other : timed.subList(1, timed.size())) {
      if (other.milliseconds() < toBeat && other.milliseconds() < best.milliseconds()) {
        best = other;
      }
    }
    return best;
  }
}
