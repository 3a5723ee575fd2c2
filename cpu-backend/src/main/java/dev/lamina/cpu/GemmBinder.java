package dev.lamina.cpu;

import dev.lamina.op.Activate;
import dev.lamina.op.Activation;
import dev.lamina.op.Gemm;
import dev.lamina.op.GemmActivateGradient;
import dev.lamina.type.DType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Turns the operations around a matrix product into tasks, on the first rung that takes them. */
final class GemmBinder {
  private final List<GemmRung> rungs;
  private final TileMath math;
  private final Kernels kernels;

  /**
   * A binder.
   *
   * @param rungs the ways to multiply, the preferred first; the last takes everything
   * @param math for what follows a product
   * @param kernels for activations that are better done in a pass of their own
   */
  GemmBinder(List<GemmRung> rungs, TileMath math, Kernels kernels) {
    this.rungs = List.copyOf(rungs);
    this.math = math;
    this.kernels = kernels;
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
    if (op.preactivation()) {
      return activated(op, bound, outputs, workspace);
    }
    return switch (op.activation()) {
      case IDENTITY -> List.of(bound.task(null));
      case RELU ->
          List.of(bound.task(new ReluEpilogue(math, bound.tiling, problem.dtype(), problem.d())));
      // The function costs more than the pass over memory that fusing it would save.
      case SIGMOID, TANH, GELU -> activated(op, bound, outputs, workspace);
    };
  }

  /** The product, to the last output, and then the first output from it. */
  private List<Task> activated(Gemm op, Bound bound, List<Buffer> outputs, Workspace workspace) {
    List<Task> tasks = new ArrayList<>();
    tasks.add(bound.task(null));
    tasks.addAll(
        kernels.bind(
            new Activate(op.activation()),
            List.of(outputs.getLast()),
            List.of(outputs.getFirst()),
            workspace));
    return tasks;
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
    DType dtype = problem.dtype();
    Tiling tiling = bound.tiling;
    MemorySegment db = op.bias() ? outputs.get(1).segment() : null;
    boolean whole = op.bias() && tiling.rowTiles() == 1;
    // Without a bias the sums go nowhere.
    MemorySegment sums =
        whole ? db : workspace.allocate((long) tiling.rowTiles() * problem.n() * dtype.bytes());
    Activation activation = op.activation();
    MemorySegment f = inputs.get(2).segment();
    Task product =
        bound.task(new GradientEpilogue(math, tiling, dtype, activation, problem.d(), f, sums));
    return whole || !op.bias()
        ? List.of(product)
        : List.of(product, new SumRowsTask(dtype, sums, tiling.rowTiles(), problem.n(), db));
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
