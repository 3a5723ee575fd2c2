package dev.lamina.cuda;

import dev.lamina.LaminaException;
import dev.lamina.backend.Precision;
import dev.lamina.cuda.lt.ComputeType;
import dev.lamina.cuda.lt.CublasLt;
import dev.lamina.cuda.lt.Epilogue;
import dev.lamina.cuda.lt.LtHandle;
import dev.lamina.cuda.natives.CacheFile;
import dev.lamina.cuda.natives.CudaLibraries;
import dev.lamina.cuda.natives.Environment;
import dev.lamina.type.DType;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Makes matrix products ready to run, each in the way that was chosen for its shape. */
final class Products implements AutoCloseable {
  private static final String FOLDER = "products";

  private final CudaBackend backend;
  private final CublasLt library;
  private final LtHandle handle;
  private final ProductTuner tuner;
  private final ProductCache cache;
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
        "products 2: %s, compute capability %d.%d, %d multiprocessors, cuBLASLt %d, driver %d,"
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
    ProductShape shape = ProductShape.of(product, Epilogue.DEFAULT, computeType(product));
    return work(product, shape, 0, choose(product, 0, null, shape), call);
  }

  /** Makes a product with what follows it ready. */
  List<Work> bind(Step.FusedProduct fused, long scratch, String call) {
    Step.Product product = fused.product();
    ProductShape shape = ProductShape.of(product, fused.epilogue(), computeType(product));
    ProductChoice choice = choose(product, fused.bias(), fused.unfused(), shape);
    Work work = work(product, shape, fused.bias(), choice, call);
    return choice.way() == ProductChoice.Way.FUSED
        ? List.of(work)
        : List.of(work, new KernelWork(backend.kernels(), fused.unfused(), scratch, call));
  }

  private ComputeType computeType(Step.Product product) {
    return product.operands() == DType.FP32 && backend.options().precision() != Precision.FP32
        ? ComputeType.COMPUTE_32F_FAST_TF32
        : ComputeType.COMPUTE_32F;
  }

  private ProductChoice choose(
      Step.Product product, long bias, Step.Launch unfused, ProductShape shape) {
    Optional<ProductChoice> known = cache.find(shape);
    if (known.isPresent()) {
      return known.get();
    }
    if (autotune) {
      try {
        ProductChoice fastest = tuner.fastest(product, unfused, shape);
        cache.put(shape, fastest);
        return fastest;
      } catch (CudaException e) {
        throw e;
      } catch (LaminaException e) {
        // There is no memory for further matrices of this size: a later run may have it.
        System.getLogger(Products.class.getName())
            .log(System.Logger.Level.DEBUG, "not measured: {0}", e.getMessage());
      }
    }
    return tuner.first(product, bias, shape);
  }

  /** A product as cuBLASLt takes it, with its epilogue if there is a bias. */
  LtProduct describe(Step.Product product, ProductShape shape, long bias) {
    return new LtProduct(library, handle, product, shape, bias);
  }

  /** A product in the way that was chosen. */
  Work work(
      Step.Product product, ProductShape shape, long bias, ProductChoice choice, String call) {
    return switch (choice.way()) {
      case CUBLAS -> new ProductWork(product, call);
      case PLAIN -> lt(product, shape, 0, choice, call);
      case FUSED -> lt(product, shape, bias, choice, call);
    };
  }

  private Work lt(
      Step.Product product, ProductShape shape, long bias, ProductChoice choice, String call) {
    return new LtWork(
        describe(product, shape, bias), choice.algorithm(), ProductWork.action(product, call));
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
