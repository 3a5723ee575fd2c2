package dev.lamina.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.io.Json;
import dev.lamina.io.JsonNode;
import dev.lamina.nn.Draws;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Initializer.Distribution;
import dev.lamina.nn.Initializer.Fan;
import dev.lamina.nn.Linear;
import dev.lamina.nn.NamedInitializers;
import dev.lamina.op.Activation;
import dev.lamina.type.Shape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Initializers come back from a description as they were. */
class InitializerJsonTest {
  private static Linear again(Initializer weight, Initializer bias) {
    Linear layer = new Linear(3, 2, true, Activation.IDENTITY, weight, bias);
    return (Linear)
        LayerJson.fromJson(node(Json.pretty(LayerJson.toJson(layer))), LayerTypes.STANDARD);
  }

  private static JsonNode node(String json) {
    return Json.parse(json, "m/model.json");
  }

  @Test
  void everyRecordComesBack() {
    List<Initializer> all = new ArrayList<>(NamedInitializers.all().values());
    all.add(new Initializer.Constant(0.1));
    all.add(new Initializer.Uniform(-1, 0.3));
    all.add(new Initializer.Normal(0, 0.02));
    all.add(new Initializer.VarianceScaling(3, Fan.OUT, Distribution.UNIFORM));
    for (Initializer initializer : all) {
      assertEquals(initializer, again(initializer, Initializer.ZEROS).initializer());
      assertEquals(initializer, again(Initializer.ZEROS, initializer).biasInitializer());
    }
  }

  /** A model with it can be saved and read; only to draw anew is refused, with its name. */
  @Test
  void ownRuleIsRememberedByItsClass() {
    Initializer own = (draws, into) -> draws.uniform(into);
    Initializer back = again(again(own, Initializer.ONES).initializer(), own).initializer();
    Draws draws = new Draws(Shape.of(2, 3), 1, 0, 0);
    String message =
        assertThrows(LaminaException.class, () -> back.draw(draws, new double[4])).getMessage();
    assertTrue(message.contains(own.getClass().getName()), message);
  }

  @Test
  void wrongOnesAreNamed() {
    for (String wrong :
        List.of("\"HE\"", "{\"type\": \"Gamma\"}", "{\"type\": \"Uniform\", \"low\": 1}", "3")) {
      String message =
          assertThrows(
                  LaminaException.class,
                  () -> InitializerJson.fromJson(node("{\"i\": " + wrong + "}").get("i")))
              .getMessage();
      assertTrue(message.contains("m/model.json: i"), message);
    }
  }
}
