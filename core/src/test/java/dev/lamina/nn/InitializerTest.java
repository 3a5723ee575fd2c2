package dev.lamina.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.type.Shape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What initializers draw: the bits of before, and the moments that their formulas state. */
class InitializerTest {
  private static final Shape SHAPE = Shape.of(700, 300);

  private static double[] drawn(Initializer initializer) {
    double[] into = new double[(int) SHAPE.size()];
    initializer.draw(new Draws(SHAPE, 5, 2, 0), into);
    return into;
  }

  /** Elements 8 to 12 of parameter 3 [7, 11] by seed 42, as they were in the first release. */
  @ParameterizedTest
  @CsvSource({
    "HE_NORMAL, -0x1.26a8905db8173p-1, -0x1.729a384716eeep-3, 0x1.ecaa40b5ced24p-2,"
        + " 0x1.640ea6a9f52d4p-4, 0x1.e4d5c71bbd7f7p-4",
    "HE_UNIFORM, -0x1.90a45e894fcap-3, 0x1.2559518c9c591p-4, 0x1.b92e98f8e9526p-6,"
        + " -0x1.649f2c8d6911dp-1, 0x1.ced67dfc4638ap-2",
    "XAVIER_NORMAL, -0x1.ccb0b20fd00d6p-2, -0x1.21b696dd9ba82p-3, 0x1.81224ce37ad11p-2,"
        + " 0x1.1657bddf1a908p-4, 0x1.7b035484d983ap-4",
    "XAVIER_UNIFORM, -0x1.393241743e829p-3, 0x1.caa48c7f606dp-5, 0x1.58e34a37ec649p-6,"
        + " -0x1.16c8b8738d256p-1, 0x1.69d126d3cc995p-2"
  })
  void bitsDoNotChange(String name, double a, double b, double c, double d, double e) {
    double[] into = new double[5];
    NamedInitializers.all().get(name).draw(new Draws(Shape.of(7, 11), 42, 3, 8), into);
    assertArrayEquals(new double[] {a, b, c, d, e}, into);
  }

  /** The mean within five standard errors, and the variance within 3% of what is stated. */
  @ParameterizedTest
  @CsvSource({
    "HE_NORMAL, 0.00666666667",
    "HE_UNIFORM, 0.00666666667",
    "XAVIER_NORMAL, 0.002",
    "XAVIER_UNIFORM, 0.002",
    "LECUN_NORMAL, 0.00333333333",
    "LECUN_UNIFORM, 0.00333333333"
  })
  void varianceIsAsStated(String name, double variance) {
    checkMoments(drawn(NamedInitializers.all().get(name)), 0, variance);
  }

  @Test
  void numbersOfRecordsAreMomentsAndEnds() {
    checkMoments(drawn(new Initializer.Normal(3, 0.5)), 3, 0.25);
    double[] uniform = drawn(new Initializer.Uniform(-2, 4));
    checkMoments(uniform, 1, 3);
    assertTrue(Arrays.stream(uniform).allMatch(x -> x >= -2 && x < 4));
    Initializer out =
        new Initializer.VarianceScaling(7, Initializer.Fan.OUT, Initializer.Distribution.UNIFORM);
    checkMoments(drawn(out), 0, 0.01);
    assertTrue(Arrays.stream(drawn(Initializer.ONES)).allMatch(x -> x == 1));
    assertTrue(Arrays.stream(drawn(new Initializer.Constant(-7))).allMatch(x -> x == -7));
  }

  private static void checkMoments(double[] x, double mean, double variance) {
    double sum = Arrays.stream(x).sum() / x.length;
    assertEquals(mean, sum, 5 * Math.sqrt(variance / x.length));
    double squares = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).sum() / x.length;
    assertEquals(variance, squares, 0.03 * variance);
  }

  /** However a parameter is cut, its elements are the same; a rule of one's own is drawn so too. */
  @Test
  void partsAreThoseOfTheWhole() {
    Initializer own =
        (draws, into) -> {
          draws.normal(into);
          for (int i = 0; i < into.length; i++) {
            into[i] = (draws.first() + i) % 2 == 0 ? 0 : into[i] / draws.fanIn();
          }
        };
    for (Initializer initializer : List.of(Initializer.HE_NORMAL, Initializer.HE_UNIFORM, own)) {
      double[] whole = drawn(initializer);
      double[] part = new double[1003];
      initializer.draw(new Draws(SHAPE, 5, 2, 2000), part);
      assertArrayEquals(Arrays.copyOfRange(whole, 2000, 3003), part);
      double[] other = new double[1003];
      initializer.draw(new Draws(SHAPE, 6, 2, 2000), other);
      assertTrue(!Arrays.equals(part, other), "another seed draws others");
    }
  }

  @Test
  void wrongNumbersAreRefused() {
    for (Runnable wrong :
        List.<Runnable>of(
            () -> new Initializer.Constant(Double.NaN),
            () -> new Initializer.Uniform(1, 0),
            () -> new Initializer.Uniform(0, Double.POSITIVE_INFINITY),
            () -> new Initializer.Normal(0, -1),
            () ->
                new Initializer.VarianceScaling(
                    0, Initializer.Fan.IN, Initializer.Distribution.NORMAL))) {
      String message = assertThrows(LaminaException.class, wrong::run).getMessage();
      assertTrue(message.contains("expected"), message);
    }
  }
}
