package dev.lamina.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.formula.Input;
import dev.lamina.formula.Kind;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.ShapeException;
import dev.lamina.type.TensorType;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PointwiseTest {
  private static final Pointwise SUM = Pointwise.of((a, b) -> a.plus(b));

  private static TensorType fp32(long... extents) {
    return TensorType.of(DType.FP32, extents);
  }

  private static List<Kind> kinds(Map map) {
    return map.formula().inputs().stream().map(Input::kind).toList();
  }

  @Test
  void operandsFillTheLargestShape() {
    assertEquals(List.of(Kind.FULL, Kind.ROW), kinds(SUM.on(fp32(3, 2), fp32(2))));
    assertEquals(List.of(Kind.COLUMN, Kind.FULL), kinds(SUM.on(fp32(3, 1), fp32(3, 2))));
    assertEquals(List.of(Kind.SINGLE, Kind.FULL), kinds(SUM.on(fp32(), fp32(3, 2))));
    assertEquals(Shape.of(3, 2), SUM.on(fp32(), fp32(3, 2)).shape());
    assertEquals(Shape.of(1, 2), SUM.on(fp32(2), fp32(1, 2)).shape());
    Pointwise three = Pointwise.of(3, x -> x.get(0).fma(x.get(1), x.get(2)));
    Map map = three.on(fp32(2), fp32(3, 1), fp32(3, 2));
    assertEquals(List.of(Kind.ROW, Kind.COLUMN, Kind.FULL), kinds(map));
  }

  @Test
  void aFormulaIsMadeOnceForEachCombination() {
    AtomicInteger made = new AtomicInteger();
    Pointwise function =
        Pointwise.of(x -> {
          made.incrementAndGet();
          return x.square();
        });
    Map first = function.on(fp32(3));
    assertSame(first.formula(), function.on(fp32(7, 2)).formula());
    assertEquals(1, made.get());
    function.on(TensorType.of(DType.FP64, 3));
    assertEquals(2, made.get());
    assertEquals(first, function.on(fp32(3)));
    assertEquals(first, Pointwise.of(x -> x.square()).on(fp32(3)));
  }

  @Test
  void itIsAddedToAGraph() {
    Graph graph = new Graph();
    Value x = graph.input("x", fp32(3, 2));
    Value y = (Value) SUM.on(graph, x, graph.input("b", fp32(2)));
    assertEquals(fp32(3, 2), y.type());
  }

  @Test
  void operandsThatDoNotFitAreRefused() {
    refused("expected 2 operands, got 1", fp32(3));
    refused("cast them first", fp32(3), TensorType.of(DType.BF16, 3));
    refused("cast them first", TensorType.of(DType.INT32, 3), TensorType.of(DType.INT32, 3));
    refused("expected equal shapes", fp32(3, 2), fp32(3));
    refused("expected equal shapes", fp32(3, 1), fp32(2));
    assertThrows(IllegalArgumentException.class, () -> Pointwise.of(0, x -> null));
  }

  private static void refused(String message, TensorType... types) {
    ShapeException e = assertThrows(ShapeException.class, () -> SUM.on(types));
    assertTrue(e.getMessage().contains(message), e::getMessage);
  }
}
