package dev.lamina.cuda;

import dev.lamina.backend.Operand;
import dev.lamina.cuda.lt.ComputeType;
import dev.lamina.op.Activation;
import dev.lamina.type.BFloat16;
import dev.lamina.type.DType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoublePredicate;
import jcuda.driver.JCudaDriver;

/**
 * Memory to try and measure products in, as their own may hold what must not be lost, or nothing
 * yet: each operand has its like here, aligned as it is. What is in it, the caller says.
 */
final class TuningMatrices implements AutoCloseable {
  private static final String ACTION = "filling matrices to measure a product with";

  /** Pre-activations on which an epilogue is tried; BF16 has them. */
  private static final double[] PROBES = {Double.NaN, -3, -0.75, 0.5, 2};

  /** Terms of a sum; BF16 has them, and not what most numbers of them add up to. */
  private static final double[] TERMS = {1, 1 + 0x1p-7, -255 * 0x1p-6, 171 * 0x1p-7, Double.NaN};

  /**
   * A copy of a region.
   *
   * @param offset where it starts
   * @param block where the memory starts that is its own, a whole number of alignments
   * @param blockBytes how much that is
   */
  private record Place(long offset, long block, long blockBytes, DType dtype) {}

  private final Map<Long, Place> places;
  private final CudaMemory memory;
  private final long scratchOffset;
  private final Lane lane;

  /**
   * Allocates memory.
   *
   * @param regions the operands; where several start at one address the largest counts
   * @param scratchBytes how much scratch memory is needed
   */
  TuningMatrices(CudaBackend backend, List<Step.Region> regions, long scratchBytes) {
    places = places(regions);
    scratchOffset = end(places);
    lane = backend.lanes(1).getFirst();
    memory =
        (CudaMemory)
            backend.allocate("matrices to measure a product with", bytes(regions, scratchBytes));
    try {
      // Reductions count in it, from 0.
      memory.clear(scratchOffset, scratchBytes);
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  private static Map<Long, Place> places(List<Step.Region> regions) {
    Map<Long, Step.Region> largest = new LinkedHashMap<>();
    for (Step.Region region : regions) {
      largest.merge(region.address(), region, (a, b) -> a.bytes() >= b.bytes() ? a : b);
    }
    Map<Long, Place> places = new LinkedHashMap<>();
    long end = 0;
    for (Step.Region region : largest.values()) {
      long start = end + Math.floorMod(region.address(), Operand.ALIGNMENT);
      long block = Operand.aligned(start + region.bytes()) - end;
      places.put(region.address(), new Place(start, end, block, region.dtype()));
      end += block;
    }
    return places;
  }

  private static long end(Map<Long, Place> places) {
    return places.values().stream().mapToLong(p -> p.block() + p.blockBytes()).max().orElse(0);
  }

  /** How much memory such matrices take. */
  static long bytes(List<Step.Region> regions, long scratchBytes) {
    return Math.max(1, end(places(regions)) + scratchBytes);
  }

  /** Makes all matrices ones. */
  void ones() {
    places.values().forEach(place -> fill(place, 1));
  }

  /** Fills all matrices with random numbers. */
  void randomise() {
    for (Place place : places.values()) {
      RandomFill.fill(memory, place.block(), place.blockBytes(), place.dtype(), lane);
    }
  }

  /** Where scratch memory starts. */
  long scratch() {
    return memory.address() + scratchOffset;
  }

  /** A way on these matrices. */
  ProductWay moved(ProductWay way) {
    Step.Product p = way.product();
    return new ProductWay(
        p.at(moved(p.a()), moved(p.b()), moved(p.d())),
        way.epilogue(),
        moved(way.bias()),
        moved(way.auxiliary()),
        way.then().stream().map(this::moved).toList());
  }

  private Step.Launch moved(Step.Launch launch) {
    return launch.with(launch.arguments().stream().map(this::moved).toList());
  }

  private Argument moved(Argument argument) {
    return argument.kind() == Argument.Kind.ADDRESS
        ? Argument.address(moved(argument.bits()))
        : argument;
  }

  private long moved(long address) {
    return address == 0 ? 0 : memory.address() + place(address).offset();
  }

  private Place place(long address) {
    Place place = places.get(address);
    if (place == null) {
      throw new IllegalArgumentException("no region starts at address " + address);
    }
    return place;
  }

  /** The copy that starts at one of the addresses that a moved way has. */
  private Place placeOf(long address) {
    return places.values().stream()
        .filter(place -> memory.address() + place.offset() == address)
        .findFirst()
        .orElseThrow();
  }

  /**
   * Whether an epilogue is as exact as the result's type: GELU may be approximated, and the sums of
   * a factor may be rounded more than they need be.
   */
  boolean isExact(ProductWay way, List<Work> works, ProductShape shape) {
    Activation activation = way.activation();
    if (way.isFactorSum()) {
      return sumsAreExact(way, works, tolerance(shape));
    }
    if (activation == null || way.isGradient() && !activation.ofInput()) {
      return true;
    }
    return activationIsExact(way, works, tolerance(shape));
  }

  private static double tolerance(ProductShape shape) {
    return shape.result() == DType.BF16
        ? 0x1.8p-8
        : shape.computeType() != ComputeType.COMPUTE_32F ? 0x1p-10 : 0x1p-19;
  }

  private boolean activationIsExact(ProductWay way, List<Work> works, double tolerance) {
    Activation activation = way.activation();
    boolean gradient = way.isGradient();
    try {
      for (double x : PROBES) {
        double expected =
            gradient ? way.product().k() * activation.derivative(x) : activation.apply(x);
        double limit = tolerance * (gradient ? way.product().k() : Math.max(1, Math.abs(x)));
        fill(placeOf(way.product().d()), 0);
        if (gradient) {
          fill(placeOf(way.auxiliary()), (float) x);
        } else {
          fill(placeOf(way.product().a()), 0);
          fill(placeOf(way.bias()), (float) x);
        }
        works.forEach(work -> work.enqueue(lane));
        if (!endRows(way.product(), y -> isRight(activation, y, expected, limit))) {
          return false;
        }
      }
      return true;
    } finally {
      ones(way);
    }
  }

  /** Whether sums over A's rows, and the product with ones, are right where A is all the same. */
  private boolean sumsAreExact(ProductWay way, List<Work> works, double tolerance) {
    Step.Product product = way.product();
    try {
      for (double x : TERMS) {
        double expected = product.k() * x;
        double limit = tolerance * Math.abs(expected);
        DoublePredicate right =
            y -> Double.isNaN(x) ? Double.isNaN(y) : Math.abs(y - expected) <= limit;
        fill(placeOf(product.a()), (float) x);
        fill(placeOf(way.bias()), 0);
        works.forEach(work -> work.enqueue(lane));
        if (!endRows(product, right) || !all(way.bias(), way.biasSize(), product.result(), right)) {
          return false;
        }
      }
      return true;
    } finally {
      ones(way);
    }
  }

  // ReLU as max(x, 0) makes a NaN 0, which is cuBLASLt's definition of it.
  private static boolean isRight(Activation activation, double y, double expected, double limit) {
    return Double.isNaN(expected)
        ? Double.isNaN(y) || activation == Activation.RELU && y == 0
        : Math.abs(y - expected) <= limit;
  }

  /**
   * Whether a gradient is exactly 0 where ReLU made a NaN or a number 0, whatever it would be.
   *
   * @param layer leaves the mask
   * @param gradient takes it
   */
  boolean keepsZero(
      ProductWay layer, List<Work> layerWorks, ProductWay gradient, List<Work> works) {
    try {
      return isZero(gradient, works, () -> fill(placeOf(layer.bias()), Float.NaN), layerWorks)
          && isZero(
              gradient,
              works,
              () -> {
                ones(layer);
                fill(placeOf(layer.product().a()), 0);
                fill(placeOf(layer.bias()), 0);
              },
              layerWorks);
    } finally {
      ones(layer);
      ones(gradient);
    }
  }

  private boolean isZero(
      ProductWay gradient, List<Work> works, Runnable preparation, List<Work> layer) {
    preparation.run();
    layer.forEach(work -> work.enqueue(lane));
    fill(placeOf(gradient.product().a()), Float.NaN);
    works.forEach(work -> work.enqueue(lane));
    return endRows(gradient.product(), x -> x == 0);
  }

  /** Whether the elements of the first and last row of D all are so. */
  private boolean endRows(Step.Product product, DoublePredicate so) {
    return isRow(product, 0, so) && isRow(product, product.m() - 1, so);
  }

  private boolean isRow(Step.Product product, long row, DoublePredicate so) {
    DType dtype = product.result();
    return all(product.d() + row * product.n() * dtype.bytes(), product.n(), dtype, so);
  }

  private boolean all(long address, int count, DType dtype, DoublePredicate so) {
    byte[] bytes = new byte[count * dtype.bytes()];
    memory.read(address - memory.address(), MemorySegment.ofArray(bytes));
    ByteBuffer elements = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    while (elements.hasRemaining()) {
      float element =
          dtype == DType.BF16 ? BFloat16.toFloat(elements.getShort()) : elements.getFloat();
      if (!so.test(element)) {
        return false;
      }
    }
    return true;
  }

  private void ones(ProductWay way) {
    Step.Product p = way.product();
    long auxiliary = way.isMasked() ? 0 : way.auxiliary();
    for (long address : new long[] {p.a(), p.b(), p.d(), way.bias(), auxiliary}) {
      if (address != 0) {
        fill(placeOf(address), 1);
      }
    }
  }

  private void fill(Place place, float value) {
    int half = Short.toUnsignedInt(BFloat16.of(value));
    int bits = place.dtype() == DType.BF16 ? half << 16 | half : Float.floatToRawIntBits(value);
    CudaException.check(
        () ->
            JCudaDriver.cuMemsetD32Async(
                memory.pointer().withByteOffset(place.block()),
                bits,
                place.blockBytes() / Integer.BYTES,
                lane.stream()),
        ACTION);
  }

  @Override
  public void close() {
    memory.close();
  }
}
