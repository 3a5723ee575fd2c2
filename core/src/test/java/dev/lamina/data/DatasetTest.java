package dev.lamina.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DatasetTest {
  private static final List<String> AB = List.of("a", "b");

  /** n samples of two features 10 i and 10 i + 1 in classes i mod 2. */
  private static Dataset numbered(int n) {
    float[] features = new float[2 * n];
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      features[2 * i] = 10 * i;
      features[2 * i + 1] = 10 * i + 1;
      labels[i] = i % 2;
    }
    return Dataset.classification(features, 2, labels, AB);
  }

  private static float[] row(Dataset data, int i) {
    float[] row = new float[data.features()];
    data.copyRow(i, row);
    return row;
  }

  @Test
  void holdsWhatItWasGiven() {
    Dataset data =
        Dataset.classification(new float[][] {{1, 2}, {3, 4}, {5, 6}}, new int[] {1, 0, 1}, AB);
    assertEquals(3, data.size());
    assertEquals(2, data.features());
    assertEquals(TensorType.of(DType.FP32, 3, 2), data.featureType());
    assertEquals(TensorType.of(DType.INT32, 3), data.targetType());
    assertArrayEquals(
        new float[] {1, 2, 3, 4, 5, 6}, data.featureData().toArray(ValueLayout.JAVA_FLOAT));
    assertArrayEquals(new int[] {1, 0, 1}, data.targetData().toArray(ValueLayout.JAVA_INT));
    assertArrayEquals(new float[] {3, 4}, row(data, 1));
    assertEquals(0, data.label(1));
    assertTrue(data.isClassification() && data.hasTargets());
    assertEquals("arrays: 3 samples, 2 features (FP32), 2 classes", data.toString());
  }

  @Test
  void nobodyCanChangeIt() {
    float[] features = {1, 2};
    Dataset data = Dataset.classification(features, 2, new int[] {0}, AB);
    features[0] = 9;
    assertArrayEquals(new float[] {1, 2}, row(data, 0));
    assertTrue(data.featureData().isReadOnly() && data.targetData().isReadOnly());
  }

  @Test
  void bytesStandForScaledValues() {
    byte[] pixels = {0, (byte) 255, 51, (byte) 128};
    Dataset data = Dataset.images(pixels, 2, 1.0 / 255, new int[] {0, 1}, AB);
    assertEquals(TensorType.of(DType.UINT8, 2, 2), data.featureType());
    assertArrayEquals(new float[] {0, 1}, row(data, 0), 1e-7f);
    assertArrayEquals(new float[] {0.2f, 128 / 255f}, row(data, 1), 1e-7f);
    assertArrayEquals(pixels, data.featureData().toArray(ValueLayout.JAVA_BYTE));
    assertArrayEquals(row(data, 1), row(data.range(1, 2), 0));
  }

  @Test
  void regressionHasRealTargets() {
    Dataset data = Dataset.regression(new float[][] {{1}, {2}}, new float[][] {{3, 4}, {5, 6}});
    assertEquals(TensorType.of(DType.FP32, 2, 2), data.targetType());
    float[] targets = new float[2];
    data.copyTargets(1, targets);
    assertArrayEquals(new float[] {5, 6}, targets);
    assertFalse(data.isClassification());
    refused(() -> data.label(0), "real targets, not classes");
    assertEquals(data.size(), Dataset.regression(new float[2], 1, new float[4], 2).size());
  }

  @Test
  void selectsAndCutsRows() {
    Dataset data = numbered(7);
    Dataset some = data.select(new int[] {6, 0, 6});
    assertArrayEquals(new float[] {60, 61}, row(some, 2));
    assertEquals(List.of(0, 0, 0), List.of(some.label(0), some.label(1), some.label(2)));
    Dataset cut = data.range(3, 5);
    assertEquals(2, cut.size());
    assertArrayEquals(new float[] {40, 41}, row(cut, 1));
    assertEquals(1, cut.label(0));
    refused(() -> data.select(new int[] {7}), "sample 7 asked for, there are 0 to 6");
    refused(() -> data.select(new int[0]), "no samples selected");
    refused(() -> data.range(3, 8), "3 to 8");
    refused(() -> data.range(3, 3), "3 to 3");
    refused(() -> data.copyRow(-1, new float[2]), "sample -1");
  }

  @Test
  void splitsWithoutOverlapAndByTheSeedAlone() {
    for (int n : new int[] {2, 3, 10, 257}) {
      for (double fraction : new double[] {0.001, 0.1, 0.5, 0.999}) {
        Split split = numbered(n).split(fraction, 42);
        Set<Float> seen = new HashSet<>();
        for (Dataset part : List.of(split.train(), split.validation())) {
          float before = -1;
          for (int i = 0; i < part.size(); i++) {
            float first = row(part, i)[0];
            assertTrue(seen.add(first));
            assertTrue(first > before, "the order is kept");
            assertEquals(first / 10 % 2, part.label(i));
            before = first;
          }
        }
        assertEquals(n, seen.size());
        int expected = (int) Math.clamp(Math.round(n * fraction), 1L, n - 1L);
        assertEquals(expected, split.validation().size());
      }
    }
    Dataset data = numbered(1000);
    MemorySegment once = data.split(0.3, 1).validation().featureData();
    assertEquals(-1, once.mismatch(data.split(0.3, 1).validation().featureData()));
    assertTrue(once.mismatch(data.split(0.3, 2).validation().featureData()) >= 0);
    assertTrue(once.mismatch(data.split(0.3, 1L << 32 | 1).validation().featureData()) >= 0);
    refused(() -> data.split(0, 1), "fraction of 0.0");
    refused(() -> data.split(Double.NaN, 1), "fraction of NaN");
    refused(() -> numbered(1).split(0.5, 1), "single sample");
  }

  @Test
  void refusesWrongInputAndNamesTheRow() {
    float[][] good = {{1, 2}, {3, 4}};
    int[] labels = {0, 1};
    refused(
        () -> Dataset.classification(new float[][] {{1, 2}, {3, Float.NaN}}, labels, AB),
        "row 2, feature 2: NaN");
    refused(
        () -> Dataset.regression(good, new float[][] {{1}, {Float.POSITIVE_INFINITY}}),
        "row 2, target 1: Infinity");
    refused(
        () -> Dataset.classification(new float[][] {{1, 2}, {3}}, labels, AB),
        "row 2 of the features has 1 columns; expected 2");
    refused(
        () -> Dataset.classification(good, new int[] {0, 2}, AB),
        "row 2: class number 2; expected 0 to 1");
    refused(() -> Dataset.classification(good, new int[] {-1, 0}, AB), "row 1: class number -1");
    refused(() -> Dataset.classification(good, new int[1], AB), "2 rows of features, but 1 labels");
    refused(() -> Dataset.classification(good, labels, List.of()), "no class names");
    refused(() -> Dataset.classification(good, labels, List.of("a", "a")), "two class names 'a'");
    refused(() -> Dataset.classification(new float[0][], new int[0], AB), "no features");
    refused(() -> Dataset.classification(new float[5], 2, labels, AB), "5 numbers");
    refused(() -> Dataset.classification(new float[4], 0, labels, AB), "0 columns");
    refused(() -> Dataset.images(new byte[4], 2, 0, labels, AB), "scale of 0.0");
    refused(() -> Dataset.images(new byte[4], 2, Double.NaN, labels, AB), "scale of NaN");
    refused(() -> Dataset.regression(good, new float[][] {{1}}), "but 1 rows of targets");
    MemorySegment bytes = MemorySegment.ofArray(new byte[16]);
    Schema schema = Schema.classification(2, AB);
    TensorType type = TensorType.of(DType.FP32, 2, 2);
    refused(() -> Dataset.of(schema, type, 1, bytes, bytes, "s"), "targets have 16 bytes");
    refused(() -> Dataset.of(schema, type, 2, bytes, null, "s"), "scale of 2.0");
    refused(() -> Dataset.of(schema, type.as(DType.FP64), 1, bytes, null, "s"), "FP64[2, 2]");
    refused(
        () -> Dataset.of(schema, TensorType.of(DType.FP32, 4, 1), 1, bytes, null, "s"), "schema");
    refused(
        () -> Dataset.of(schema, TensorType.of(DType.FP32, 1, 2), 1, bytes, null, "s"), "bytes");
    refused(() -> Dataset.of(schema, type, 1, bytes, null, "s").label(0), "no targets");
  }

  @Test
  void conformsToAModel() {
    Dataset data =
        Dataset.classification(new float[][] {{1}, {2}}, new int[] {0, 1}, List.of("b", "c"));
    Dataset fit = data.conform(Schema.classification(1, List.of("a", "b", "c")));
    assertEquals(List.of(1, 2), List.of(fit.label(0), fit.label(1)));
    refused(
        () -> data.conform(Schema.classification(1, AB)),
        "row 2: the model does not know the class 'c'; it knows 'a', 'b'");
    refused(
        () -> data.conform(Schema.classification(2, AB)), "1 features, but the model was trained");
    refused(() -> data.conform(Schema.regression(1, 1)), "the model predicts real numbers");
    Dataset named = data.withFeatureNames(List.of("x"));
    Schema other = Schema.classification(1, List.of("b", "c"));
    assertEquals(2, named.conform(other).size());
    refused(
        () ->
            named.conform(
                new Schema(1, List.of("y"), List.of("t"), List.of("b", "c"), Schema.LAST)),
        "feature 1 is 'x', but the model was trained with 'y'");
    Dataset real = Dataset.regression(new float[1], 1, new float[2], 2);
    assertEquals(1, real.conform(Schema.regression(1, 2)).size());
    refused(() -> real.conform(Schema.regression(1, 1)), "2 targets for each sample");
    refused(() -> real.conform(Schema.classification(1, AB)), "the model predicts classes");
  }

  private static void refused(Runnable action, String part) {
    LaminaException e = assertThrows(LaminaException.class, action::run);
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }
}
