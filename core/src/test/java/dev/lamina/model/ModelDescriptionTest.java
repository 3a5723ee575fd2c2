package dev.lamina.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.data.Preprocessing;
import dev.lamina.data.Schema;
import dev.lamina.data.Standardizer;
import dev.lamina.io.Json;
import dev.lamina.nn.Identity;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Linear;
import dev.lamina.nn.Sequential;
import dev.lamina.op.LossFunction;
import dev.lamina.type.DType;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a description says of layers, outputs, classes, targets and preprocessing must agree. */
class ModelDescriptionTest {
  private static final int INPUTS = 4;

  private static Standardizer standardizer(int columns) {
    return new Standardizer(Collections.nCopies(columns, 0.5), Collections.nCopies(columns, 2.0));
  }

  private static Schema classes(int count) {
    return Schema.classification(
        INPUTS, IntStream.range(0, count).mapToObj(Integer::toString).toList());
  }

  private static ModelDescription description(
      int outputs, LossFunction loss, Schema schema, Optional<Standardizer> targets) {
    return new ModelDescription(
        new Sequential(new Linear(INPUTS, 3), new Linear(3, outputs)),
        INPUTS,
        DType.FP32,
        loss,
        schema,
        new Preprocessing(Optional.of(standardizer(INPUTS)), targets),
        Map.of("seed", 1L));
  }

  private static void refused(Runnable action, String... parts) {
    String message = assertThrows(LaminaException.class, action::run).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
  }

  private static ModelDescription read(String json) {
    return ModelDescription.fromJson(Json.parse(json, "m/model.json"), LayerTypes.STANDARD);
  }

  @ParameterizedTest
  @EnumSource(LossFunction.class)
  void classesAreAsManyAsOutputs(LossFunction loss) {
    for (int classes = 1; classes <= 5; classes++) {
      for (int outputs = 1; outputs <= 5; outputs++) {
        Schema schema = classes(classes);
        int came = outputs;
        boolean oneForTwo = loss == LossFunction.BINARY_CROSS_ENTROPY && classes == 2;
        if (classes == outputs || oneForTwo && outputs == 1) {
          ModelDescription good = description(outputs, loss, schema, Optional.empty());
          assertEquals(good, read(Json.pretty(good.toJson())));
        } else {
          refused(
              () -> description(came, loss, schema, Optional.empty()),
              outputs == 1 ? "1 output" : outputs + " outputs",
              classes == 1 ? "1 class" : classes + " classes");
        }
      }
    }
  }

  @Test
  void targetsAreAsManyAsOutputs() {
    LossFunction loss = LossFunction.MEAN_SQUARED_ERROR;
    for (int targets = 1; targets <= 3; targets++) {
      Schema schema = Schema.regression(INPUTS, targets);
      Optional<Standardizer> scaled = Optional.of(standardizer(targets));
      ModelDescription good = description(targets, loss, schema, scaled);
      assertEquals(good, read(Json.pretty(good.toJson())));
      int more = targets + 1;
      refused(() -> description(more, loss, schema, scaled), more + " outputs", "target");
      refused(
          () -> description(more - 1, loss, schema, Optional.of(standardizer(more))),
          more + " columns",
          "targets");
    }
    Schema nothing = new Schema(INPUTS, List.of(), List.of(), List.of(), Schema.LAST);
    refused(() -> description(1, loss, nothing, Optional.empty()), "1 output", "0 targets");
    refused(
        () ->
            description(
                2,
                LossFunction.SOFTMAX_CROSS_ENTROPY,
                Schema.regression(INPUTS, 2),
                Optional.empty()),
        "softmax-cross-entropy",
        "classes");
  }

  @Test
  void preprocessingFitsTheColumns() {
    LossFunction loss = LossFunction.SOFTMAX_CROSS_ENTROPY;
    refused(
        () -> description(2, loss, classes(2), Optional.of(standardizer(1))),
        "classes",
        "standardised");
    refused(
        () ->
            new ModelDescription(
                new Linear(INPUTS, 2),
                INPUTS,
                DType.FP32,
                loss,
                classes(2),
                new Preprocessing(Optional.of(standardizer(INPUTS + 1)), Optional.empty()),
                Map.of()),
        "5 columns",
        "4 features");
  }

  @Test
  void layersFitEachOtherAndTheInputs() {
    LossFunction loss = LossFunction.SOFTMAX_CROSS_ENTROPY;
    Preprocessing none = Preprocessing.NONE;
    Layer broken = new Sequential(new Linear(INPUTS, 3), new Linear(5, 2));
    refused(
        () -> new ModelDescription(broken, INPUTS, DType.FP32, loss, classes(2), none, Map.of()),
        "5",
        "3");
    refused(
        () ->
            new ModelDescription(new Linear(5, 2), 5, DType.FP32, loss, classes(2), none, Map.of()),
        "5 inputs",
        "4 features");
  }

  /** Which is where a damaged or forged file is met. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"class_names\": [\"0\"]",
        "\"class_names\": [\"0\", \"1\", \"2\"]",
        "\"class_names\": []",
        "\"class_names\": [\"0\", \"1\"], \"target_names\": []"
      })
  void filesThatDoNotAgreeAreRefusedWithTheirName(String instead) {
    String good =
        Json.pretty(
            description(2, LossFunction.SOFTMAX_CROSS_ENTROPY, classes(2), Optional.empty())
                .toJson());
    String bad = good.replace("\"class_names\": [\"0\", \"1\"]", instead);
    if (instead.contains("target_names")) {
      bad = bad.replace("\"target_names\": [\"class\"],", "");
    }
    String text = bad;
    refused(() -> read(text), "m/model.json");
  }

  @Test
  void layersHaveALimit() {
    Layer[] many = Collections.nCopies(10_001, new Identity()).toArray(Layer[]::new);
    refused(
        () ->
            read(
                Json.compact(
                    new ModelDescription(
                            new Sequential(many),
                            INPUTS,
                            DType.FP32,
                            LossFunction.MEAN_SQUARED_ERROR,
                            classes(INPUTS),
                            Preprocessing.NONE,
                            Map.of())
                        .toJson())),
        "10001 layers",
        "10000");
  }
}
