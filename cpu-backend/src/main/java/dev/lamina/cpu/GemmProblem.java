package dev.lamina.cpu;

import dev.lamina.op.Gemm;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A matrix product with its operands: D = α·A·B + β·C + 1·bᵀ, A [m, k], B [k, n], C and D [m, n],
 * row-major. Strides are in elements; a transposed operand has its strides exchanged.
 *
 * @param c C, which may be D itself; null if β is 0
 * @param bias b [n], or null
 */
record GemmProblem(
    DType dtype,
    int m,
    int n,
    int k,
    MemorySegment a,
    long aRow,
    long aColumn,
    MemorySegment b,
    long bRow,
    long bColumn,
    double alpha,
    double beta,
    MemorySegment c,
    MemorySegment bias,
    MemorySegment d) {

  static GemmProblem of(Gemm op, List<Buffer> inputs, Buffer output) {
    Shape a = inputs.get(0).type().shape();
    Shape b = inputs.get(1).type().shape();
    boolean ta = op.transposeA();
    boolean tb = op.transposeB();
    return new GemmProblem(
        output.type().dtype(),
        extent(op, output.type().shape(), 0),
        extent(op, output.type().shape(), 1),
        extent(op, a, ta ? 0 : 1),
        inputs.get(0).segment(),
        ta ? 1 : a.columns(),
        ta ? a.columns() : 1,
        inputs.get(1).segment(),
        tb ? 1 : b.columns(),
        tb ? b.columns() : 1,
        op.alpha(),
        op.beta(),
        op.beta() == 0 ? null : inputs.get(op.indexOfC()).segment(),
        op.bias() ? inputs.get(2).segment() : null,
        output.segment());
  }

  private static int extent(Gemm op, Shape shape, int axis) {
    long extent = shape.extent(axis);
    if (extent > 1 << 30) {
      throw new IllegalArgumentException(
          op.label() + ": an extent of " + extent + " is more than this backend takes, 2^30");
    }
    return (int) extent;
  }

  /** Whether C is another matrix than D. */
  boolean separateC() {
    return c != null && c.address() != d.address();
  }
}
