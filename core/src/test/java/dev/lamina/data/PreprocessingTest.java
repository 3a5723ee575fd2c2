package dev.lamina.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.io.Json;
import dev.lamina.io.JsonNode;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PreprocessingTest {
  private static float[] features(Dataset data) {
    return data.featureData().toArray(ValueLayout.JAVA_FLOAT);
  }

  private static float[] targets(Dataset data) {
    return data.targetData().toArray(ValueLayout.JAVA_FLOAT);
  }

  /** Columns of very different places and widths, one constant, one real target. */
  private static Dataset random(int n) {
    SplittableRandom random = new SplittableRandom(4);
    float[] x = new float[4 * n];
    float[] y = new float[n];
    for (int i = 0; i < n; i++) {
      x[4 * i] = (float) random.nextGaussian(3, 2);
      x[4 * i + 1] = (float) random.nextGaussian(1e6, 1);
      x[4 * i + 2] = 0.1f;
      x[4 * i + 3] = (float) random.nextGaussian(0, 1e-30);
      y[i] = (float) random.nextGaussian(200_000, 50_000);
    }
    return Dataset.regression(x, 4, y, 1);
  }

  @Test
  void standardisesEveryColumn() {
    Dataset data = random(10_000);
    Preprocessing fitted = Preprocessing.fit(data);
    Standardizer standardizer = fitted.features().orElseThrow();
    assertEquals(3, standardizer.mean().get(0), 0.1);
    assertEquals(2, standardizer.scale().get(0), 0.1);
    assertEquals((double) 0.1f, standardizer.mean().get(2));
    assertEquals(1, standardizer.scale().get(2));
    Dataset z = fitted.apply(data);
    float[] values = features(z);
    for (int j : new int[] {0, 1, 3}) {
      double sum = 0;
      double square = 0;
      for (int i = 0; i < data.size(); i++) {
        sum += values[4 * i + j];
        square += (double) values[4 * i + j] * values[4 * i + j];
      }
      assertEquals(0, sum / data.size(), 1e-6, "mean of column " + j);
      assertEquals(1, square / data.size(), 1e-5, "variance of column " + j);
      assertEquals(0, values[4 * j + 2], "a constant column becomes 0");
    }
    float[] back = targets(z);
    float[] row = new float[1];
    for (int i = 0; i < data.size(); i++) {
      row[0] = back[i];
      fitted.invertTargets(row);
      assertEquals(targets(data)[i], row[0], 0.1);
    }
  }

  @Test
  void isThePopulationsDeviation() {
    Dataset data = Dataset.regression(new float[] {1, 3}, 1, new float[] {5, 9}, 1);
    assertEquals(new Standardizer(List.of(2.0), List.of(1.0)), Standardizer.ofFeatures(data));
    assertEquals(new Standardizer(List.of(7.0), List.of(2.0)), Standardizer.ofTargets(data));
    assertArrayEquals(new float[] {-1, 1}, targets(Preprocessing.fit(data).apply(data)));
  }

  @Test
  void bytesAndClassesStayAsTheyAre() {
    Dataset digits = Digits.generate(20, 1);
    Preprocessing fitted = Preprocessing.fit(digits);
    assertEquals(Preprocessing.NONE, fitted);
    assertSame(digits, fitted.apply(digits));
    Dataset classes =
        Dataset.classification(new float[] {1, 2}, 1, new int[] {0, 1}, List.of("a", "b"));
    Dataset z = Preprocessing.fit(classes).apply(classes);
    assertEquals(1, z.label(1));
    assertArrayEquals(new float[] {-1, 1}, features(z));
    refused(() -> Standardizer.ofTargets(classes), "the targets are classes");
  }

  @Test
  void standardisesBytesWhenAsked() {
    Dataset images =
        Dataset.images(new byte[] {0, 100}, 1, 0.5, new int[] {0, 1}, List.of("a", "b"));
    Standardizer standardizer = Standardizer.ofFeatures(images);
    assertEquals(new Standardizer(List.of(25.0), List.of(25.0)), standardizer);
    assertArrayEquals(
        new float[] {-1, 1}, features(standardizer.applyToFeatures(images, Arena.ofAuto())));
  }

  @Test
  void comesBackFromJsonUnchanged() {
    Dataset data = random(100);
    Preprocessing fitted = Preprocessing.fit(data);
    for (Preprocessing each : List.of(fitted, Preprocessing.NONE)) {
      JsonNode tree = Json.parse(Json.pretty(each.toJson()), "m.json");
      assertEquals(each, Preprocessing.fromJson(tree, data.schema()));
    }
    JsonNode tree = Json.parse(Json.pretty(fitted.toJson()), "m.json");
    refused(
        () -> Preprocessing.fromJson(tree, Schema.regression(3, 1)),
        "m.json: features: 4 columns, but the schema has 3 features");
    JsonNode bad = Json.parse("{\"features\": {\"mean\": [1.0], \"scale\": [0.0]}}", "m.json");
    refused(
        () -> Preprocessing.fromJson(bad, Schema.regression(1, 1)),
        "m.json: features: standardisation: column 1 has mean 1.0 and scale 0.0");
  }

  @Test
  void schemasComeBackFromJsonUnchanged() {
    Schema named = new Schema(2, List.of("a", "b"), List.of("y"), List.of("no", "yes"), 2);
    for (Schema schema : List.of(named, Schema.regression(3, 2))) {
      assertEquals(schema, Schema.fromJson(Json.parse(Json.pretty(schema.toJson()), "m.json")));
    }
    JsonNode bad =
        Json.parse(
            Json.compact(named.toJson()).replace("\"features\":2", "\"features\":3"), "m.json");
    refused(() -> Schema.fromJson(bad), "m.json: 2 feature names for 3 features");
  }

  @Test
  void namesRowsThatLieTooFarAway() {
    Standardizer narrow = new Standardizer(List.of(0.0), List.of(1e-30));
    Dataset data = Dataset.regression(new float[] {1e-30f, 1e30f}, 1, new float[2], 1);
    refused(
        () -> narrow.applyToFeatures(data, Arena.ofAuto()),
        "row 2, feature 1: 1.0E30 lies too far");
    Standardizer wide = new Standardizer(List.of(0.0, 0.0), List.of(1.0, 1.0));
    refused(
        () -> wide.applyToFeatures(data, Arena.ofAuto()),
        "1 features, but the standardisation was fitted to 2");
  }

  private static void refused(Runnable action, String part) {
    LaminaException e = assertThrows(LaminaException.class, action::run);
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }
}
