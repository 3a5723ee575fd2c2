package dev.lamina.cuda.lt;

/**
 * A product with the layouts of its matrices; it owns none of them. C may have D's layout.
 *
 * @param desc the product
 * @param a layout of A, and so on
 */
public record Matmul(
    MatmulDesc desc, MatrixLayout a, MatrixLayout b, MatrixLayout c, MatrixLayout d) {
  /** The product and its matrices in one line. */
  @Override
  public String toString() {
    return desc + " of A " + a + ", B " + b + ", D " + d;
  }
}
