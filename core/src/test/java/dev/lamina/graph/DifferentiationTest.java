package dev.lamina.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.op.Elementwise;
import dev.lamina.op.Fill;
import dev.lamina.op.Gemm;
import dev.lamina.op.Reduce;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which nodes differentiation adds; that their numbers are right is shown on the backends. */
class DifferentiationTest {
  private final Graph graph = new Graph();
  private final Value x = graph.input("x", TensorType.of(DType.FP64, 3, 4));

  private Value sum(Value value) {
    return graph.emit(new Reduce(Reduce.Kind.SUM, Reduce.Axis.ALL), value);
  }

  @Test
  void addsTheGradientsOfSeveralUses() {
    Value loss = sum(graph.add(x.exp(), x.square()));
    Value gradient = Differentiation.gradients(graph, loss, List.of(x)).get(x);
    assertTrue(Elementwise.ADD.is(gradient.producer().op()));
    assertEquals(x.type(), gradient.type());
    assertEquals(gradient, graph.find("grad(x)"));
  }

  @Test
  void givesZerosWhereNothingDepends() {
    Value other = graph.input("other", TensorType.of(DType.FP64, 2));
    Value loss = sum(x);
    Value gradient = Differentiation.gradients(graph, loss, List.of(other)).get(other);
    assertEquals(new Fill(0, other.type()), gradient.producer().op());
  }

  @Test
  void leavesOutWhatNobodyAsksFor() {
    Value w = graph.input("w", TensorType.of(DType.FP64, 4, 2));
    Value loss = sum(graph.emit(Gemm.of(false, false), x, w));
    Map<Value, Value> gradients = Differentiation.gradients(graph, loss, List.of(w));
    assertEquals(w.type(), gradients.get(w).type());
    assertNull(graph.find("grad(x)"));
    long products = graph.nodes().stream().filter(n -> n.op() instanceof Gemm).count();
    assertEquals(2, products, "the product and its one gradient");
  }

  @Test
  void refusesWhatIsNoScalar() {
    assertThrows(
        IllegalArgumentException.class, () -> Differentiation.gradients(graph, x, List.of(x)));
  }
}
