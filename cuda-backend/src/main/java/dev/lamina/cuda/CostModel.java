package dev.lamina.cuda;

import dev.lamina.backend.Precision;
import dev.lamina.type.DType;

/**
 * What work on a GPU takes, estimated from its size. The one place of all estimates: the lanes are
 * planned with it, and the node model (the benchmarks' {@code --model}) tells spans by it. A model,
 * not a measurement.
 *
 * <p>A kernel takes max(least time, bytes / bandwidth), a product max(least time, FLOPs / peak,
 * bytes / bandwidth), where bandwidth is the device's, or the blocks' where there are too few to
 * use that up. Bytes are those of the operands, each touched once; caches are left aside. What
 * follows another node of a CUDA graph starts an edge's time after that has ended.
 *
 * <p>Immutable, so any thread may use it.
 *
 * @param name of the device
 * @param kernelSeconds the least that a kernel takes
 * @param productSeconds the least that a matrix product takes
 * @param edgeSeconds from a node's end to the start of one that waits for it
 * @param bf16Flops products of BF16, FLOP/s
 * @param tf32Flops products of FP32 with TF32 tensor cores, FLOP/s
 * @param fp32Flops products of FP32, FLOP/s
 * @param fp64Flops products of FP64, FLOP/s
 * @param bytesPerSecond the device's memory, bytes read and written
 * @param multiprocessors how many there are
 * @param blockBytesPerSecond what one block of {@link Geometry#THREADS} threads can move
 */
public record CostModel(
    String name,
    double kernelSeconds,
    double productSeconds,
    double edgeSeconds,
    double bf16Flops,
    double tf32Flops,
    double fp32Flops,
    double fp64Flops,
    double bytesPerSecond,
    int multiprocessors,
    double blockBytesPerSecond) {
  /** The share of a peak that large products reach. */
  private static final double REACHED = 0.93;

  /** The rows and columns of D that a block of a product computes. */
  private static final long TILE = 128;

  /**
   * NVIDIA H200, 141 GB. 790 TFLOP/s is what large BF16 products sustain of the data sheet's 989;
   * the other types are scaled like it. A block of 256 threads has 64 bytes each on their way; with
   * some 600 ns until they come and nearly as many bytes stored as loaded that is 45 GB/s.
   */
  public static final CostModel H200 =
      new CostModel(
          "H200",
          2e-6,
          4e-6,
          1.2e-6,
          REACHED * 790e12,
          REACHED * 395e12,
          REACHED * 60e12,
          REACHED * 60e12,
          4.0e12,
          132,
          45e9);

  /**
   * What something that is put on a stream asks of the device.
   *
   * @param product whether it is a matrix product
   * @param flops how many of them count: a kernel's do not
   * @param peak FLOP/s for products of its type
   * @param bytes read and written
   * @param blocks how many it is cut into
   */
  record Demand(boolean product, double flops, double peak, double bytes, long blocks) {}

  Demand kernel(double bytes, long blocks) {
    return new Demand(false, 0, 1, bytes, blocks);
  }

  /**
   * A product.
   *
   * @param more bytes that are read or written beside A, B and D
   */
  Demand product(Step.Product p, Precision precision, double more) {
    double flops = 2.0 * p.m() * p.n() * p.k();
    double operands = ((double) p.m() + p.n()) * p.k() * p.operands().bytes();
    double result = (double) p.m() * p.n() * p.result().bytes() * (p.beta() == 0 ? 1 : 2);
    long blocks = Geometry.ceil(p.m(), TILE) * Geometry.ceil(p.n(), TILE);
    return new Demand(true, flops, peak(p.operands(), precision), operands + result + more, blocks);
  }

  private double peak(DType operands, Precision precision) {
    return switch (operands) {
      case BF16 -> bf16Flops;
      case FP32 -> precision == Precision.FP32 ? fp32Flops : tf32Flops;
      case FP64 -> fp64Flops;
      case INT32, UINT8 -> throw new IllegalArgumentException("product of " + operands);
    };
  }

  /** How long it takes where nothing else runs. */
  double seconds(Demand demand) {
    double least = demand.product ? productSeconds : kernelSeconds;
    double moving = demand.bytes / bandwidth(demand);
    return Math.max(least, Math.max(demand.flops / demand.peak, moving));
  }

  private double bandwidth(Demand demand) {
    return demand.product
        ? bytesPerSecond
        : Math.min(bytesPerSecond, demand.blocks * blockBytesPerSecond);
  }

  /** The share of the tensor cores' time that it takes while it runs by itself. */
  double computeShare(Demand demand) {
    return demand.flops / demand.peak / seconds(demand);
  }

  /** The share of the memory's bandwidth that it takes while it runs by itself. */
  double memoryShare(Demand demand) {
    return demand.bytes / bytesPerSecond / seconds(demand);
  }

  /** The share of the multiprocessors that its blocks take, at most one block on each. */
  double multiprocessorShare(Demand demand) {
    return Math.min(1, (double) demand.blocks / multiprocessors);
  }
}
