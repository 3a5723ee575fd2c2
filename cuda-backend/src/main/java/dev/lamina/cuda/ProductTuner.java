package dev.lamina.cuda;

import dev.lamina.LaminaException;
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

  ProductTuner(CudaBackend backend, Products products) {
    this.backend = backend;
    this.products = products;
    lane = backend.lanes(1).getFirst();
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
    return new ProductChoice(fused.ways().size() - 1, null);
  }

  /**
   * The fastest way, measured.
   *
   * @throws LaminaException if there is not enough memory for it
   */
  Timed fastest(Step.FusedProduct fused) {
    try (TuningMatrices matrices =
            new TuningMatrices(backend, fused.regions(), fused.scratchBytes());
        ProductTimer timer = new ProductTimer(lane)) {
      return fastest(fused, matrices, timer);
    }
  }

  private Timed fastest(Step.FusedProduct fused, TuningMatrices matrices, ProductTimer timer) {
    List<Timed> timed = new ArrayList<>();
    for (int i = 0; i < fused.ways().size(); i++) {
      ProductWay way = matrices.moved(fused.ways().get(i));
      for (MatmulAlgorithm algorithm : candidates(way)) {
        time(matrices, timer, way, new ProductChoice(i, algorithm), works -> true, timed);
      }
    }
    // cuBLAS itself does every product, even if its measurement failed.
    return timed.isEmpty()
        ? new Timed(new ProductChoice(fused.ways().size() - 1, null), Double.POSITIVE_INFINITY)
        : best(timed);
  }

  /** cuBLASLt's algorithms, and null for cuBLAS where nothing is asked of the epilogue. */
  private List<MatmulAlgorithm> candidates(ProductWay way) {
    List<MatmulAlgorithm> candidates = new ArrayList<>(algorithms(way, CANDIDATES));
    if (way.epilogue() == Epilogue.DEFAULT) {
      candidates.add(null);
    }
    return candidates;
  }

  private List<MatmulAlgorithm> algorithms(ProductWay way, int wanted) {
    try (LtProduct lt = products.describe(way)) {
      return lt.algorithms(wanted, lane.workspace().bytes());
    }
  }

  /**
   * How a layer leaves a mask of what its ReLU kept and the layer above takes it for the gradient;
   * empty if that is not clearly faster than each by itself, of which either is the better for the
   * memory that the mask takes.
   *
   * @throws LaminaException if there is not enough memory to measure it
   */
  List<ProductChoice> masked(Step.FusedProduct forward, Step.FusedProduct backward) {
    try (TuningMatrices matrices =
            new TuningMatrices(
                backend, regions(forward, backward), scratchBytes(forward, backward));
        ProductTimer timer = new ProductTimer(lane)) {
      Optional<Timed> leaving = fastestMasked(forward.masked(), matrices, timer, works -> true);
      if (leaving.isEmpty()) {
        return List.of();
      }
      ProductWay leaves = matrices.moved(forward.masked());
      ProductWay takes = matrices.moved(backward.masked());
      MatmulAlgorithm algorithm = leaving.get().choice().algorithm();
      List<Work> layer = products.works(leaves, algorithm, matrices.scratch(), "a mask");
      try {
        Optional<Timed> taking =
            fastestMasked(
                backward.masked(),
                matrices,
                timer,
                works -> matrices.keepsZero(leaves, layer, takes, works));
        double together =
            taking
                .map(t -> t.milliseconds() + leaving.get().milliseconds())
                .orElse(Double.POSITIVE_INFINITY);
        double apart =
            fastest(forward, matrices, timer).milliseconds()
                + fastest(backward, matrices, timer).milliseconds();
        return together < apart * WORTH_IT
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

  private Optional<Timed> fastestMasked(
      ProductWay masked, TuningMatrices matrices, ProductTimer timer, Predicate<List<Work>> right) {
    ProductWay way = matrices.moved(masked);
    List<Timed> timed = new ArrayList<>();
    for (MatmulAlgorithm algorithm : algorithms(way, CANDIDATES)) {
      time(matrices, timer, way, new ProductChoice(0, algorithm), right, timed);
    }
    return timed.isEmpty() ? Optional.empty() : Optional.of(best(timed));
  }

  // What cannot be run, or is not right, is none.
  private void time(
      TuningMatrices matrices,
      ProductTimer timer,
      ProductWay way,
      ProductChoice choice,
      Predicate<List<Work>> right,
      List<Timed> timed) {
    String name = products.shape(way).key();
    List<Work> works = products.works(way, choice.algorithm(), matrices.scratch(), name);
    try {
      works.forEach(work -> work.enqueue(lane));
      if (right.test(works) && matrices.isExact(way, works, products.shape(way))) {
        timed.add(new Timed(choice, timer.milliseconds(works)));
      }
    } catch (CudaException e) {
      throw e;
    } catch (LaminaException e) {
      LOG.log(System.Logger.Level.DEBUG, "not measured: {0}", e.getMessage());
    } finally {
      works.forEach(Work::close);
    }
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
