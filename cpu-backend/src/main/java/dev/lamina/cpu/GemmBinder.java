package dev.lamina.cpu;

import dev.lamina.op.Activation;
import dev.lamina.op.Gemm;
import dev.lamina.op.GemmActivateGradient;
import dev.lamina.op.Map;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.List;

/** Turns the operations around a matrix product into tasks, on the first rung that takes them. */
final class GemmBinder {
  private final List<GemmRung> rungs;
  private final Kernels kernels;
  private final boolean vectors;

  /**
   * A binder.
   *
   * @param rungs the ways to multiply, the preferred first; the last takes everything
   * @param kernels for what is no product
   * @param vectors whether what follows a product may use the Vector API
   */
  GemmBinder(List<GemmRung> rungs, Kernels kernels, boolean vectors) {
    this.rungs = List.copyOf(rungs);
    this.kernels = kernels;
    this.vectors = vectors;
  }

  /** The names of the rungs, the preferred first. */
  List<String> names() {
    return rungs.stream().map(GemmRung::name).toList();
  }

  /** The kernels for what is not a product. */
  Kernels kernels() {
    return kernels;
  }

  List<Task> bind(Gemm op, List<Buffer> inputs, List<Buffer> outputs, Workspace workspace) {
    return isNarrow(inputs)
        ? WideGemm.bind(this, op, inputs, outputs, workspace)
        : full(op, inputs, outputs, workspace);
  }

  private static boolean isNarrow(List<Buffer> inputs) {
    return inputs.getFirst().type().dtype() == DType.BF16;
  }

  /** A product of FP32 or FP64. */
  List<Task> full(Gemm op, List<Buffer> inputs, List<Buffer> outputs, Workspace workspace) {
    GemmProblem problem = GemmProblem.of(op, inputs, outputs.getLast());
    Bound bound = bind(problem, workspace);
    if (op.activation() == Activation.IDENTITY && !op.preactivation()) {
      return List.of(bound.task(null));
    }
    Buffer z = outputs.getLast();
    Map map = op.activation().function().on(z.type());
    FormulaTask formula = Formulas.task(map, List.of(z), outputs.getFirst(), vectors);
    return List.of(bound.task(new MapEpilogue(formula, bound.tiling)));
  }

  List<Task> bind(
      GemmActivateGradient op, List<Buffer> inputs, List<Buffer> outputs, Workspace workspace) {
    if (isNarrow(inputs)) {
      return WideGemm.bind(this, op, inputs, outputs, workspace);
    }
    return full(op, inputs, outputs, workspace);
  }

  /** A product of FP32 or FP64 with what follows it. */
  List<Task> full(
      GemmActivateGradient op, List<Buffer> inputs, List<Buffer> outputs, Workspace workspace) {
    Buffer z = outputs.get(0);
    GemmProblem problem = GemmProblem.of(Gemm.of(false, false), inputs.subList(0, 2), z);
    Bound bound = bind(problem, workspace);
    Tiling tiling = bound.tiling;
    FormulaTask formula = Formulas.gradient(op.activation(), List.of(z, inputs.get(2)), z, vectors);
    if (!op.bias()) {
      return List.of(bound.task(new MapEpilogue(formula, tiling)));
    }
    Buffer db = outputs.get(1);
    boolean whole = tiling.rowTiles() == 1;
    Buffer sums =
        whole
            ? db
            : partial(TensorType.of(db.type().dtype(), tiling.rowTiles(), problem.n()), workspace);
    Task product = bound.task(new SumsEpilogue(new ColumnSums(formula, z, vectors), tiling, sums));
    return whole
        ? List.of(product)
        : List.of(
            product,
            new SumRowsTask(
                problem.dtype(), sums.segment(), tiling.rowTiles(), problem.n(), db.segment()));
  }

  private static Buffer partial(TensorType type, Workspace workspace) {
    return new Buffer(workspace.allocate(type.bytes()), type);
  }

  private record Bound(Tiling tiling, TileProduct product) {
    Task task(TileEpilogue epilogue) {
      return new GemmTask(tiling, product, epilogue);
    }
  }

  private Bound bind(GemmProblem problem, Workspace workspace) {
    for (GemmRung rung : rungs) {
      Tiling tiling = rung.tiling(problem);
      TileProduct product = rung.bind(problem, tiling, workspace);
      if (product != null) {
        return new Bound(tiling, product);
      }
    }
    throw new IllegalStateException("no implementation of " + problem.dtype() + " products");
  }
}
