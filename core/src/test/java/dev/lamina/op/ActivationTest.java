package dev.lamina.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.formula.Derivative;
import dev.lamina.formula.Functions;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ActivationTest {
  /** In every type, whoever wrote the formula; and its gradient takes what it says. */
  @ParameterizedTest
  @EnumSource
  void isKnownByItsFormula(Activation activation) {
    for (DType dtype : List.of(DType.FP32, DType.FP64, DType.BF16)) {
      TensorType type = TensorType.of(dtype, 3, 2);
      Map map = activation.function().on(type);
      assertEquals(activation, Activation.of(map));
      assertNull(Activation.ofGradient(map));
      if (activation != Activation.IDENTITY) {
        Map gradient = activation.gradient(type);
        assertEquals(activation, Activation.ofGradient(gradient));
        assertNull(Activation.of(gradient));
        int source = activation.ofInput() ? 0 : Derivative.OUTPUT;
        assertEquals(List.of(Derivative.SEED, source), map.formula().derivative(0).sources());
      }
    }
  }

  @Test
  void formulasOfUsersAreKnownToo() {
    TensorType type = TensorType.of(DType.FP32, 3, 2);
    assertEquals(Activation.RELU, Activation.of(Pointwise.of(x -> Functions.RELU.of(x)).on(type)));
    assertEquals(Activation.TANH, Activation.of(Pointwise.of(x -> x.tanh()).on(type)));
    assertNull(Activation.of(Pointwise.of(x -> x.exp()).on(type)));
    assertTrue(Activation.GELU.ofInput());
  }

  @Test
  void namesOfShortFormulas() {
    TensorType type = TensorType.of(DType.FP32, 3, 2);
    assertEquals("gelu", Activation.GELU.function().on(type).label());
    assertEquals("relu-gradient", label(Activation.RELU));
    assertEquals("add", Elementwise.ADD.on(type, type).label());
    assertEquals("cast", Elementwise.cast(type, DType.BF16).label());
    assertEquals(
        "broadcast", Elementwise.broadcast(TensorType.of(DType.FP32, 2), type.shape()).label());
    assertEquals("gelu-gradient", label(Activation.GELU));
    assertEquals("map", Pointwise.of(x -> x.exp().plus(1).log().sqrt()).on(type).label());
  }

  private static String label(Activation activation) {
    return activation.gradient(TensorType.of(DType.FP32, 3, 2)).label();
  }
}
