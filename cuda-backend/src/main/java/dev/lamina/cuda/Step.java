package dev.lamina.cuda;

import dev.lamina.cuda.formula.FormulaKernel;
import dev.lamina.type.DType;
import java.util.List;

/**
 * What is put on a stream: a kernel launch, a matrix product, or a product with what follows it.
 */
sealed interface Step {

  /**
   * The launch of a kernel with blocks of {@link Geometry#THREADS} threads.
   *
   * @param module the PTX file that holds it
   * @param kernel its name there
   * @param gridX how many blocks side by side
   * @param gridY how many blocks on top of each other
   * @param printed the kernel, if it is a formula's that must be compiled; else null
   */
  record Launch(
      String module,
      String kernel,
      long gridX,
      long gridY,
      List<Argument> arguments,
      FormulaKernel printed)
      implements Step {
    public Launch {
      if (gridX < 1 || gridX > Integer.MAX_VALUE || gridY < 1 || gridY > Geometry.MAX_GRID_Y) {
        throw new IllegalArgumentException(kernel + ": grid " + gridX + " x " + gridY);
      }
      arguments = List.copyOf(arguments);
    }

    /** The launch of a kernel of the resources. */
    Launch(String module, String kernel, long gridX, long gridY, List<Argument> arguments) {
      this(module, kernel, gridX, gridY, arguments, null);
    }

    /** The launch of a formula's kernel. */
    static Launch of(FormulaKernel kernel, long gridX, List<Argument> arguments) {
      return kernel
          .module()
          .map(m -> new Launch(m, kernel.name(), gridX, 1, arguments))
          .orElseGet(() -> new Launch(kernel.name(), kernel.name(), gridX, 1, arguments, kernel));
    }

    /** The same kernel with another number of blocks side by side. */
    Launch withGridX(long blocks) {
      return new Launch(module, kernel, blocks, gridY, arguments, printed);
    }

    /** The same launch with other arguments. */
    Launch with(List<Argument> others) {
      return new Launch(module, kernel, gridX, gridY, others, printed);
    }
  }

  /**
   * D = α op(A) op(B) + β D, row-major and contiguous: op(A) [m, k], op(B) [k, n].
   *
   * @param operands the element type of A and B
   * @param result that of D: the same, or FP32 where the operands are BF16
   * @param a the address of A
   * @param b the address of B
   * @param d the address of D
   */
  record Product(
      DType operands,
      DType result,
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      double alpha,
      double beta,
      long a,
      long b,
      long d)
      implements Step {

    /** The same product of other matrices. */
    Product at(long otherA, long otherB, long otherD) {
      return new Product(
          operands, result, transposeA, transposeB, m, n, k, alpha, beta, otherA, otherB, otherD);
    }
  }

  /**
   * A product and what is done to it, in the way of several that is fastest.
   *
   * @param ways all with the same results; the last leaves nothing to cuBLASLt's epilogues
   * @param masked another way, if cuBLASLt shall leave a mask of what ReLU kept, or take one; null
   *     if there is none
   * @param regions the memory of all operands
   * @param scratchBytes how much scratch memory the ways need
   */
  record FusedProduct(
      List<ProductWay> ways, ProductWay masked, List<Region> regions, long scratchBytes)
      implements Step {
    public FusedProduct {
      ways = List.copyOf(ways);
      regions = List.copyOf(regions);
    }
  }

  /**
   * A piece of device memory.
   *
   * @param dtype what it holds
   */
  record Region(long address, long bytes, DType dtype) {}
}
