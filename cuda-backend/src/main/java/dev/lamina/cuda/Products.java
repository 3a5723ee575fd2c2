package dev.lamina.cuda;

import dev.lamina.LaminaException;
import dev.lamina.backend.Precision;
import dev.lamina.cuda.lt.ComputeType;
import dev.lamina.cuda.lt.CublasLt;
import dev.lamina.cuda.lt.Epilogue;
import dev.lamina.cuda.lt.LtHandle;
import dev.lamina.cuda.lt.MatmulAlgorithm;
import dev.lamina.cuda.natives.CacheFile;
import dev.lamina.cuda.natives.CudaLibraries;
import dev.lamina.cuda.natives.Environment;
import dev.lamina.type.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Makes matrix products ready to run, each in the way that was chosen for its shape. */
final class Products implements AutoCloseable {
  private static final String FOLDER = "products";

  private final CudaBackend backend;
  private final CublasLt library;
  private final LtHandle handle;
  private final ProductTuner tuner;
  private final ProductCache cache;
  private final Map<String, Double> milliseconds = new HashMap<>();
  private final boolean autotune;

  Products(CudaBackend backend, CudaLibraries.Loaded libraries) {
    this.backend = backend;
    library = CublasLt.bind(libraries.cublasLt());
    handle = library.handle();
    tuner = new ProductTuner(backend, this);
    autotune = backend.options().autotune();
    // What was not measured is chosen anew, whatever was measured before.
    cache =
        new ProductCache(
            autotune
                ? CacheFile.of(
                    Environment.system(),
                    FOLDER,
                    identity(backend.gpu(), library.version(), libraries.driverVersion()))
                : Optional.empty());
  }

  /** What measurements hold for. */
  static String identity(Gpu gpu, long cublasLtVersion, int driverVersion) {
    return String.format(
        Locale.ROOT,
        "products 4: %s, compute capability %d.%d, %d multiprocessors, cuBLASLt %d, driver %d,"
            + " workspace %d",
        gpu.name(),
        gpu.major(),
        gpu.minor(),
        gpu.multiprocessors(),
        cublasLtVersion,
        driverVersion,
        gpu.blasWorkspaceBytes());
  }

  /** Makes a product ready. */
  Work bind(Step.Product product, String call) {
    if (product.operands() == DType.FP64) {
      return new ProductWork(product, call);
    }
    Step.FusedProduct alone = alone(product);
    return work(alone.ways().getFirst(), choose(alone).algorithm(), call);
  }

  /** The product in a step whose algorithm is chosen, if there is one. */
  static Optional<Step.FusedProduct> measurable(Step step) {
    return switch (step) {
      case Step.FusedProduct fused -> Optional.of(fused);
      case Step.Product product when product.operands() != DType.FP64 ->
          Optional.of(alone(product));
      case Step.Product _ -> Optional.empty();
      case Step.Launch _ -> Optional.empty();
    };
  }

  /** A product that nothing follows. */
  private static Step.FusedProduct alone(Step.Product product) {
    ProductWay way = ProductWay.plain(product, List.of());
    return new Step.FusedProduct(List.of(way), null, regions(product), 0);
  }

  private static List<Step.Region> regions(Step.Product p) {
    long rows = p.m();
    long columns = p.n();
    long inner = p.k();
    return List.of(
        new Step.Region(p.a(), rows * inner * p.operands().bytes(), p.operands()),
        new Step.Region(p.b(), inner * columns * p.operands().bytes(), p.operands()),
        new Step.Region(p.d(), rows * columns * p.result().bytes(), p.result()));
  }

  /** Makes a product with what follows it ready. */
  List<Work> bind(Step.FusedProduct fused, long scratch, String call) {
    ProductChoice choice = choose(fused);
    return works(fused.ways().get(choice.way()), choice.algorithm(), scratch, call);
  }

  private ProductChoice choose(Step.FusedProduct fused) {
    Optional<ProductChoice> known = known(fused);
    if (known.isPresent()) {
      return known.get();
    }
    Optional<List<ProductChoice>> fastest =
        measured(key(fused.ways()), () -> List.of(fastest(fused).choice()));
    return fastest.map(List::getFirst).orElseGet(() -> tuner.first(fused));
  }

  private Optional<ProductChoice> known(Step.FusedProduct fused) {
    return cache
        .find(key(fused.ways()))
        .filter(choices -> choices.size() == 1 && fits(choices.getFirst(), fused))
        .map(List::getFirst);
  }

  /** Whether a product will be measured when it is bound. */
  boolean measures(Step.FusedProduct fused) {
    return autotune && known(fused).isEmpty();
  }

  /** Whether a pair will be measured when it is asked for. */
  boolean measures(Step.FusedProduct forward, Step.FusedProduct backward) {
    return autotune && knownPair(forward, backward).isEmpty();
  }

  private ProductTuner.Timed fastest(Step.FusedProduct fused) {
    ProductTuner.Timed fastest = tuner.fastest(fused);
    milliseconds.put(key(fused.ways()), fastest.milliseconds());
    return fastest;
  }

  /** How long the fastest way takes, measured once. */
  private double milliseconds(Step.FusedProduct fused) {
    String key = key(fused.ways());
    Double known = milliseconds.get(key);
    if (known != null) {
      return known;
    }
    ProductTuner.Timed fastest = fastest(fused);
    if (cache.find(key).isEmpty()) {
      cache.put(key, List.of(fastest.choice()));
    }
    return fastest.milliseconds();
  }

  private static boolean fits(ProductChoice choice, Step.FusedProduct fused) {
    return choice.way() < fused.ways().size()
        && (choice.algorithm() != null
            || fused.ways().get(choice.way()).epilogue() == Epilogue.DEFAULT);
  }

  /**
   * The algorithms by which a layer shall leave a mask of what its ReLU kept and the product of the
   * layer above, which computes the gradient, take it; empty if both are faster apart, or were not
   * measured.
   */
  List<MatmulAlgorithm> masked(Step.FusedProduct forward, Step.FusedProduct backward) {
    List<ProductChoice> choices =
        knownPair(forward, backward)
            .or(() -> measured(key(forward, backward), () -> compared(forward, backward)))
            .orElse(List.of());
    return choices.stream().map(ProductChoice::algorithm).toList();
  }

  private List<ProductChoice> compared(Step.FusedProduct forward, Step.FusedProduct backward) {
    double apart = milliseconds(forward) + milliseconds(backward);
    return tuner.masked(forward, backward, apart);
  }

  /** Whether a pair was measured to be faster with a mask between. */
  boolean isMasked(Step.FusedProduct forward, Step.FusedProduct backward) {
    return knownPair(forward, backward).filter(choices -> !choices.isEmpty()).isPresent();
  }

  private Optional<List<ProductChoice>> knownPair(
      Step.FusedProduct forward, Step.FusedProduct backward) {
    return cache.find(key(forward, backward)).filter(Products::isPair);
  }

  private String key(Step.FusedProduct forward, Step.FusedProduct backward) {
    return key(forward.ways()) + " & " + key(List.of(forward.masked(), backward.masked()));
  }

  private static boolean isPair(List<ProductChoice> choices) {
    return choices.isEmpty()
        || choices.size() == 2 && choices.stream().allMatch(choice -> choice.algorithm() != null);
  }

  private Optional<List<ProductChoice>> measured(
      String key, Supplier<List<ProductChoice>> measurement) {
    if (autotune) {
      try {
        List<ProductChoice> choices = measurement.get();
        cache.put(key, choices);
        return Optional.of(choices);
      } catch (CudaException e) {
        throw e;
      } catch (LaminaException e) {
        // There is no memory for further matrices of this size: a later run may have it.
        System.getLogger(Products.class.getName())
            .log(System.Logger.Level.DEBUG, "not measured: {0}", e.getMessage());
      }
    }
    return Optional.empty();
  }

  /** All that a choice depends on, as one line. */
  private String key(List<ProductWay> ways) {
    StringBuilder key = new StringBuilder();
    for (ProductWay way : ways) {
      key.append(key.isEmpty() ? "" : " | ").append(shape(way).key());
      way.then().forEach(launch -> key.append(' ').append(launch.kernel()));
    }
    return key.toString();
  }

  /** All of a way that the choice of its algorithm depends on. */
  ProductShape shape(ProductWay way) {
    boolean fast =
        way.product().operands() == DType.FP32 && backend.options().precision() != Precision.FP32;
    return ProductShape.of(way, fast ? ComputeType.COMPUTE_32F_FAST_TF32 : ComputeType.COMPUTE_32F);
  }

  /** A product as cuBLASLt takes it. */
  LtProduct describe(ProductWay way) {
    return new LtProduct(library, handle, way, shape(way));
  }

  /**
   * A product and what follows it.
   *
   * @param algorithm cuBLASLt's, null for cuBLAS
   * @param scratch where the call's scratch memory starts
   */
  List<Work> works(ProductWay way, MatmulAlgorithm algorithm, long scratch, String call) {
    List<Work> works = new ArrayList<>();
    try {
      works.add(work(way, algorithm, call));
      for (Step.Launch launch : way.then()) {
        works.add(new KernelWork(backend.kernels(), launch, scratch, call));
      }
    } catch (RuntimeException e) {
      works.forEach(Work::close);
      throw e;
    }
    return works;
  }

  private Work work(ProductWay way, MatmulAlgorithm algorithm, String call) {
    return algorithm == null
        ? new ProductWork(way.product(), call)
        : new LtWork(describe(way), algorithm, ProductWork.action(way.product(), call));
  }

  /** Keeps what was measured for the next run. */
  void save() {
    cache.save();
  }

  @Override
  public void close() {
    handle.close();
  }
}
