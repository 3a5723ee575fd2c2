package dev.lamina.cuda;

import dev.lamina.LaminaException;
import dev.lamina.cuda.lt.Epilogue;
import dev.lamina.cuda.lt.MatmulAlgorithm;
import java.util.ArrayList;
import java.util.List;

/**
 * Chooses how a product of one shape is computed. The ways to do it, in the order in which they
 * should be good: with cuBLASLt's epilogue, by cuBLASLt and a kernel, by cuBLAS and a kernel. The
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

  /**
   * The first way, without running anything. ReLU within the product may lose a NaN, which only a
   * run shows, so it is left to its kernel.
   */
  ProductChoice first(Step.Product product, long bias, ProductShape shape) {
    boolean certain = shape.epilogue() != Epilogue.RELU_BIAS;
    if (bias != 0 && certain) {
      List<MatmulAlgorithm> fused = algorithms(product, shape, bias, 1);
      if (!fused.isEmpty()) {
        return new ProductChoice(ProductChoice.Way.FUSED, fused.getFirst());
      }
    }
    List<MatmulAlgorithm> plain = algorithms(product, shape, 0, 1);
    return plain.isEmpty()
        ? ProductChoice.CUBLAS
        : new ProductChoice(ProductChoice.Way.PLAIN, plain.getFirst());
  }

  /**
   * The fastest way, measured.
   *
   * @param unfused what must follow a product without the epilogue, null if there is none
   * @throws LaminaException if there is not enough memory for it
   */
  ProductChoice fastest(Step.Product like, Step.Launch unfused, ProductShape shape) {
    try (TuningMatrices matrices = new TuningMatrices(backend, like);
        ProductTimer timer = new ProductTimer(lane)) {
      List<Timed> timed = new ArrayList<>();
      for (ProductChoice choice : choices(matrices, shape)) {
        time(matrices, timer, choice, unfused, shape, timed);
      }
      return best(timed);
    }
  }

  private List<ProductChoice> choices(TuningMatrices matrices, ProductShape shape) {
    List<ProductChoice> choices = new ArrayList<>();
    if (shape.epilogue() != Epilogue.DEFAULT) {
      algorithms(matrices.product(), shape, matrices.bias(), CANDIDATES)
          .forEach(a -> choices.add(new ProductChoice(ProductChoice.Way.FUSED, a)));
    }
    algorithms(matrices.product(), shape, 0, CANDIDATES)
        .forEach(a -> choices.add(new ProductChoice(ProductChoice.Way.PLAIN, a)));
    choices.add(ProductChoice.CUBLAS);
    return choices;
  }

  private List<MatmulAlgorithm> algorithms(
      Step.Product product, ProductShape shape, long bias, int wanted) {
    try (LtProduct lt = products.describe(product, shape, bias)) {
      return lt.algorithms(wanted, lane.workspace().bytes());
    }
  }

  // An algorithm that cannot be run is none.
  private void time(
      TuningMatrices matrices,
      ProductTimer timer,
      ProductChoice choice,
      Step.Launch unfused,
      ProductShape shape,
      List<Timed> timed) {
    List<Work> works = works(matrices, choice, unfused, shape);
    try {
      works.forEach(work -> work.enqueue(lane));
      if (choice.way() == ProductChoice.Way.FUSED
          && shape.epilogue() == Epilogue.RELU_BIAS
          && !matrices.keepsNaN(works.getFirst())) {
        return;
      }
      timed.add(new Timed(choice, timer.milliseconds(works)));
    } catch (CudaException e) {
      throw e;
    } catch (LaminaException e) {
      LOG.log(System.Logger.Level.DEBUG, "not measured: {0}", e.getMessage());
    } finally {
      works.forEach(Work::close);
    }
  }

  private List<Work> works(
      TuningMatrices matrices, ProductChoice choice, Step.Launch unfused, ProductShape shape) {
    List<Work> works = new ArrayList<>();
    works.add(products.work(matrices.product(), shape, matrices.bias(), choice, shape.key()));
    if (choice.way() != ProductChoice.Way.FUSED && unfused != null) {
      works.add(new KernelWork(backend.kernels(), matrices.moved(unfused), 0, shape.key()));
    }
    return works;
  }

  /** The first, unless another is clearly faster; cuBLAS if there is none. */
  static ProductChoice best(List<Timed> timed) {
    if (timed.isEmpty()) {
      return ProductChoice.CUBLAS;
    }
    Timed best = timed.getFirst();
    double toBeat = best.milliseconds() * WORTH_IT;
    for (Timed other : timed.subList(1, timed.size())) {
      if (other.milliseconds() < toBeat && other.milliseconds() < best.milliseconds()) {
        best = other;
      }
    }
    return best.choice();
  }
}
