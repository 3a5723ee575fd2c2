package dev.lamina.train;

import dev.lamina.backend.Operand;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.graph.Variable;
import dev.lamina.nn.Model;
import dev.lamina.program.Program;
import dev.lamina.type.DType;
import java.util.Map;

/**
 * The BF16 copy of a model's parameters that a mixed step computes with. The optimizer writes it;
 * it is made anew before a step if others than that step have changed the parameters.
 */
final class ParameterCopy implements AutoCloseable {
  private final Model model;
  private final Program program;
  private long revision = -1;

  /**
   * A copy for a step.
   *
   * @param working where it lies, null for a step that needs none
   */
  ParameterCopy(Model model, Variable working, Map<Variable, Operand> bindings) {
    this.model = model;
    program =
        working == null
            ? null
            : Program.compile("copy to BF16", graph(model, working), model.backend(), bindings);
  }

  private static Graph graph(Model model, Variable working) {
    Graph graph = new Graph();
    Value copy = graph.read(model.variable()).cast(DType.BF16);
    graph.place(copy, working, 0);
    return graph;
  }

  /** Copies the parameters if they have changed. */
  void refresh() {
    if (program != null && revision != model.revision()) {
      program.run();
      revision = model.revision();
    }
  }

  /** Makes ready for a step, which changes the parameters and the copy alike. */
  void beforeStep() {
    refresh();
    model.revise();
    revision = model.revision();
  }

  @Override
  public void close() {
    if (program != null) {
      program.close();
    }
  }
}
