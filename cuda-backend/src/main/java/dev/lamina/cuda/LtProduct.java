package dev.lamina.cuda;

import dev.lamina.cuda.lt.CublasException;
import dev.lamina.cuda.lt.CublasLt;
import dev.lamina.cuda.lt.CudaDataType;
import dev.lamina.cuda.lt.LtHandle;
import dev.lamina.cuda.lt.Matmul;
import dev.lamina.cuda.lt.MatmulAlgorithm;
import dev.lamina.cuda.lt.MatmulDesc;
import dev.lamina.cuda.lt.MatmulPreference;
import dev.lamina.cuda.lt.MatrixLayout;
import dev.lamina.cuda.lt.ReductionScheme;
import java.util.List;

/**
 * A product of FP32 or BF16 matrices as cuBLASLt takes it. Its matrices are column-major: a
 * row-major matrix is there its transpose, so Dᵀ = op(B)ᵀ op(A)ᵀ is asked for, and the bias has one
 * element for each of its rows.
 */
final class LtProduct implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(LtProduct.class.getName());

  private final CublasLt library;
  private final LtHandle handle;
  private final Step.Product product;
  private final ProductShape shape;
  private final MatmulDesc desc;
  private MatrixLayout a;
  private MatrixLayout b;
  private MatrixLayout d;

  /**
   * Describes a product.
   *
   * @param shape its shape, for what the algorithm must heed
   * @param bias the address of the bias, 0 for a product without an epilogue
   */
  LtProduct(
      CublasLt library, LtHandle handle, Step.Product product, ProductShape shape, long bias) {
    this.library = library;
    this.handle = handle;
    this.product = product;
    this.shape = shape;
    desc = library.matmulDesc(shape.computeType(), CudaDataType.R_32F);
    try {
      desc.transpose(product.transposeB(), product.transposeA());
      if (bias != 0) {
        desc.epilogue(shape.epilogue()).biasPointer(bias);
      }
      CudaDataType operands = CudaDataType.of(product.operands());
      a = layout(operands, product.transposeA(), product.m(), product.k());
      b = layout(operands, product.transposeB(), product.k(), product.n());
      d = layout(CudaDataType.of(product.result()), false, product.m(), product.n());
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  // Of a row-major matrix [rows, columns], stored as it is or transposed.
  private MatrixLayout layout(CudaDataType type, boolean transposed, int rows, int columns) {
    int width = transposed ? rows : columns;
    int height = transposed ? columns : rows;
    return library.matrixLayout(type, width, height, width);
  }

  private Matmul matmul() {
    return new Matmul(desc, b, a, d, d);
  }

  /**
   * Algorithms, the one that should be fastest first; none if cuBLASLt does not do this product.
   * Only those are taken that sum the parts of a split product in the workspace in a fixed order,
   * so that results are the same from run to run.
   */
  List<MatmulAlgorithm> algorithms(int wanted, long workspaceBytes) {
    try (MatmulPreference preference = library.matmulPreference()) {
      preference
          .maxWorkspaceBytes(workspaceBytes)
          .reductionSchemes(ReductionScheme.COMPUTE_TYPE)
          .minAlignment(shape.alignB(), shape.alignA(), shape.alignD(), shape.alignD());
      return library.heuristic(handle.handle(), matmul(), preference, wanted);
    } catch (CublasException e) {
      // cuBLAS itself remains, which does every product.
      LOG.log(System.Logger.Level.WARNING, "cuBLASLt is not used: {0}", e.getMessage());
      return List.of();
    }
  }

  /** Puts it on a lane's stream. */
  void enqueue(Lane lane, MatmulAlgorithm algorithm, String action) {
    try {
      library.matmul(
          handle.handle(),
          matmul(),
          product.alpha(),
          product.b(),
          product.a(),
          product.beta(),
          product.d(),
          product.d(),
          algorithm,
          lane.workspace(),
          lane.stream().address());
    } catch (CublasException e) {
      CudaException named = CudaException.blas(e.status(), action);
      named.initCause(e);
      throw named;
    }
  }

  @Override
  public void close() {
    desc.close();
    for (MatrixLayout layout : new MatrixLayout[] {a, b, d}) {
      if (layout != null) {
        layout.close();
      }
    }
  }
}
