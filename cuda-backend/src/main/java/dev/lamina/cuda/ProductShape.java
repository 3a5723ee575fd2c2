package dev.lamina.cuda;

import dev.lamina.cuda.lt.ComputeType;
import dev.lamina.cuda.lt.Epilogue;
import dev.lamina.type.DType;
import java.util.Locale;

/**
 * All of a product that the choice of its algorithm depends on.
 *
 * @param accumulate whether it is added to what D holds
 * @param epilogue what is to be done to the product: {@link Epilogue#DEFAULT} for nothing
 * @param alignA to how many bytes A's address is aligned, 256 at most, and so on; 256 for what the
 *     epilogue does not have
 */
record ProductShape(
    DType operands,
    DType result,
    ComputeType computeType,
    boolean transposeA,
    boolean transposeB,
    int m,
    int n,
    int k,
    boolean accumulate,
    Epilogue epilogue,
    int alignA,
    int alignB,
    int alignD,
    int alignBias,
    int alignAuxiliary) {
  private static final int MAX_ALIGNMENT = 256;

  static ProductShape of(ProductWay way, ComputeType computeType) {
    Step.Product p = way.product();
    return new ProductShape(
        p.operands(),
        p.result(),
        computeType,
        p.transposeA(),
        p.transposeB(),
        p.m(),
        p.n(),
        p.k(),
        p.beta() != 0,
        way.epilogue(),
        alignment(p.a()),
        alignment(p.b()),
        alignment(p.d()),
        alignment(way.bias()),
        alignment(way.auxiliary()));
  }

  /** The largest power of two up to 256 that divides an address. */
  static int alignment(long address) {
    return (int) Math.min(MAX_ALIGNMENT, Long.lowestOneBit(address | MAX_ALIGNMENT));
  }

  /** One line for a file: the same for equal shapes only. */
  String key() {
    return String.format(
            Locale.ROOT,
            "%s-%s %s %s%s %dx%dx%d %s %s %d,%d,%d,%d,%d",
            operands,
            result,
            computeType,
            transposeA ? "t" : "n",
            transposeB ? "t" : "n",
            m,
            n,
            k,
            accumulate ? "accumulate" : "replace",
            epilogue,
            alignA,
            alignB,
            alignD,
            alignBias,
            alignAuxiliary)
        .toLowerCase(Locale.ROOT);
  }
}
