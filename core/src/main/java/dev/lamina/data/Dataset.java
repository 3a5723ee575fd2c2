package dev.lamina.data;

import dev.lamina.LaminaException;
import dev.lamina.host.HostMemory;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Samples in memory, immutable: n rows of f features and, if known, what is to be learned of each.
 *
 * <p>Features lie row by row in one native segment of UINT8 or FP32, ready to be copied to a
 * device; a UINT8 element b stands for the value b · {@link #featureScale()}. Targets are INT32
 * class numbers [n] or FP32 values [n, t]. All numbers are finite, all class numbers have a name.
 *
 * <p>Where a method takes an arena, the result lies in its memory and is freed with it. Without one
 * it lies in memory that lives as long as it is reachable: that is freed when the garbage collector
 * comes by, which may be long after. Training reads data by several threads: take a {@linkplain
 * Arena#ofShared() shared} arena for them.
 */
public final class Dataset {
  private final Schema schema;
  private final TensorType featureType;
  private final double featureScale;
  private final MemorySegment features;
  private final MemorySegment targets;
  private final String source;

  private Dataset(
      Schema schema,
      TensorType featureType,
      double featureScale,
      MemorySegment features,
      MemorySegment targets,
      String source) {
    this.schema = schema;
    this.featureType = featureType;
    this.featureScale = featureScale;
    this.features = features.asReadOnly();
    this.targets = targets == null ? null : targets.asReadOnly();
    this.source = source;
  }

  /**
   * A data set over memory that the caller hands over and does not change from then on.
   *
   * @param schema what the columns mean
   * @param type UINT8 or FP32, [n, f]
   * @param scale what a UINT8 element is multiplied by; 1 for FP32
   * @param features the elements, row-major
   * @param targets INT32 [n] for classification, FP32 [n, t] for regression, null if unknown
   * @param source where they come from, for messages
   * @throws LaminaException if something does not fit, is not finite or is not a class; it names
   *     the row and the column, counted from 1
   */
  public static Dataset of(
      Schema schema,
      TensorType type,
      double scale,
      MemorySegment features,
      MemorySegment targets,
      String source) {
    DatasetCheck.check(schema, type, scale, features, targets, source);
    return new Dataset(schema, type, scale, features, targets, source);
  }

  /** Samples of classes from arrays: one row and one class number for each. */
  public static Dataset classification(float[][] features, int[] labels, List<String> classNames) {
    return DatasetArrays.classification(
        DatasetArrays.flat(features, "features"), features[0].length, labels, classNames);
  }

  /** Samples of classes from arrays: rows one after the other, one class number for each. */
  public static Dataset classification(
      float[] features, int columns, int[] labels, List<String> classNames) {
    return DatasetArrays.classification(
        MemorySegment.ofArray(features), columns, labels, classNames);
  }

  /** Images of classes: bytes, row after row, that stand for byte · scale. */
  public static Dataset images(
      byte[] features, int columns, double scale, int[] labels, List<String> classNames) {
    return DatasetArrays.images(features, columns, scale, labels, classNames);
  }

  /** Samples of one or more real targets each, from arrays. */
  public static Dataset regression(float[][] features, float[][] targets) {
    MemorySegment x = DatasetArrays.flat(features, "features");
    MemorySegment y = DatasetArrays.flat(targets, "targets");
    return DatasetArrays.regression(x, features[0].length, y, targets[0].length);
  }

  /** Samples of real targets from arrays: rows one after the other. */
  public static Dataset regression(
      float[] features, int columns, float[] targets, int targetColumns) {
    return DatasetArrays.regression(
        MemorySegment.ofArray(features), columns, MemorySegment.ofArray(targets), targetColumns);
  }

  /** What the columns mean. */
  public Schema schema() {
    return schema;
  }

  /** The number of samples, n. */
  public int size() {
    return (int) featureType.shape().extent(0);
  }

  /** The number of features of a sample, f. */
  public int features() {
    return schema.features();
  }

  /** The names of the features; empty if they have none. */
  public List<String> featureNames() {
    return schema.featureNames();
  }

  /** Whether what is to be learned is a class. */
  public boolean isClassification() {
    return schema.isClassification();
  }

  /** The names of the classes; empty for regression. */
  public List<String> classNames() {
    return schema.classNames();
  }

  /** Whether the targets are known. */
  public boolean hasTargets() {
    return targets != null;
  }

  /** Where the samples come from, for messages. */
  public String source() {
    return source;
  }

  /** UINT8 or FP32, [n, f]. */
  public TensorType featureType() {
    return featureType;
  }

  /** What a UINT8 element is multiplied by to give its value; 1 for FP32. */
  public double featureScale() {
    return featureScale;
  }

  /**
   * All features, row-major and contiguous, read-only.
   *
   * @throws IllegalStateException if their arena is closed
   */
  public MemorySegment featureData() {
    return open(features);
  }

  /** INT32 [n] for classification, FP32 [n, t] for regression. */
  public TensorType targetType() {
    requireTargets();
    return isClassification()
        ? TensorType.of(DType.INT32, size())
        : TensorType.of(DType.FP32, size(), schema.targetNames().size());
  }

  /** All targets, contiguous, read-only. */
  public MemorySegment targetData() {
    requireTargets();
    return open(targets);
  }

  private MemorySegment open(MemorySegment data) {
    if (!data.scope().isAlive()) {
      throw new IllegalStateException(source + ": the arena that holds the samples is closed");
    }
    return data;
  }

  /** How many bytes its features and targets take. */
  public long bytes() {
    return features.byteSize() + (targets == null ? 0 : targets.byteSize());
  }

  /** Copies the values of sample i: for UINT8 the byte times the scale, in fp32. */
  public void copyRow(int i, float[] into) {
    checkIndex(i);
    MemorySegment data = featureData();
    long f = features();
    if (featureType.dtype() == DType.UINT8) {
      float scale = (float) featureScale;
      for (int j = 0; j < f; j++) {
        into[j] = (data.get(ValueLayout.JAVA_BYTE, i * f + j) & 0xFF) * scale;
      }
    } else {
      MemorySegment.copy(data, ValueLayout.JAVA_FLOAT, i * f * 4, into, 0, (int) f);
    }
  }

  /** The class number of sample i. */
  public int label(int i) {
    requireTargets();
    checkIndex(i);
    if (!isClassification()) {
      throw new LaminaException(source + ": samples have real targets, not classes");
    }
    return targetData().getAtIndex(ValueLayout.JAVA_INT, i);
  }

  /** Copies the real targets of sample i; for classification its class number. */
  public void copyTargets(int i, float[] into) {
    if (isClassification()) {
      into[0] = label(i);
      return;
    }
    requireTargets();
    checkIndex(i);
    int t = schema.targetNames().size();
    MemorySegment.copy(targetData(), ValueLayout.JAVA_FLOAT, (long) i * t * 4, into, 0, t);
  }

  /** These samples in this order, copied to memory that lives as long as it is reachable. */
  public Dataset select(int[] rows) {
    return select(rows, Arena.ofAuto());
  }

  /** These samples in this order, copied to memory of an arena. */
  public Dataset select(int[] rows, Arena arena) {
    if (rows.length == 0) {
      throw new LaminaException(source + ": no samples selected; expected at least one");
    }
    return new Dataset(
        schema,
        TensorType.of(featureType.dtype(), rows.length, features()),
        featureScale,
        gather(featureData(), rows, rowBytes(), arena),
        targets == null ? null : gather(targetData(), rows, targetRowBytes(), arena),
        source);
  }

  private MemorySegment gather(MemorySegment from, int[] rows, long rowBytes, Arena arena) {
    MemorySegment to = HostMemory.allocate(arena, rows.length * rowBytes, source);
    for (int k = 0; k < rows.length; k++) {
      checkIndex(rows[k]);
      MemorySegment.copy(from, rows[k] * rowBytes, to, k * rowBytes, rowBytes);
    }
    return to;
  }

  /** Samples {@code from} to {@code to − 1}; shares this data set's memory. */
  public Dataset range(int from, int to) {
    if (from < 0 || to > size() || from >= to) {
      throw new LaminaException(
          source + ": samples " + from + " to " + to + " asked for, there are 0 to " + size());
    }
    long n = (long) to - from;
    return new Dataset(
        schema,
        TensorType.of(featureType.dtype(), n, features()),
        featureScale,
        features.asSlice(from * rowBytes(), n * rowBytes()),
        targets == null ? null : targets.asSlice(from * targetRowBytes(), n * targetRowBytes()),
        source);
  }

  /** The same samples, all in memory of an arena: what lies elsewhere is copied there. */
  public Dataset in(Arena arena) {
    return new Dataset(
        schema,
        featureType,
        featureScale,
        in(arena, featureData()),
        targets == null ? null : in(arena, targetData()),
        source);
  }

  private MemorySegment in(Arena arena, MemorySegment data) {
    return data.scope().equals(arena.scope())
        ? data
        : HostMemory.allocate(arena, data.byteSize(), source).copyFrom(data);
  }

  /**
   * Holds out a part of the samples, chosen by a seed. Both parts get at least one sample and keep
   * the order.
   *
   * @param fraction which part to hold out, above 0 and below 1
   */
  public Split split(double fraction, long seed) {
    return split(fraction, seed, Arena.ofAuto());
  }

  /** As {@link #split(double, long)}, both parts in memory of an arena. */
  public Split split(double fraction, long seed, Arena arena) {
    if (size() < 2) {
      throw new LaminaException(source + ": a single sample cannot be split; give more data");
    }
    RowSplit rows = RowSplit.of(size(), fraction, seed);
    return new Split(select(rows.train(), arena), select(rows.validation(), arena));
  }

  /**
   * These samples under a model's schema: checks that both fit and renumbers the classes by their
   * names.
   *
   * @throws LaminaException if they don't fit; it says in what
   */
  public Dataset conform(Schema model) {
    MemorySegment conformed = SchemaMatch.targets(this, model);
    return new Dataset(model, featureType, featureScale, features, conformed, source);
  }

  /** The same samples with names for the features. */
  public Dataset withFeatureNames(List<String> names) {
    Schema named =
        new Schema(
            schema.features(),
            names,
            schema.targetNames(),
            schema.classNames(),
            schema.targetColumn());
    return new Dataset(named, featureType, featureScale, features, targets, source);
  }

  /** The same samples with these FP32 features, which are checked. */
  Dataset withFeatures(MemorySegment fp32) {
    TensorType type = featureType.as(DType.FP32);
    return of(schema, type, 1, fp32, targets, source);
  }

  /** The same samples with these targets, which are checked. */
  Dataset withTargets(MemorySegment values) {
    return of(schema, featureType, featureScale, features, values, source);
  }

  /** The same samples with another word for where they come from. */
  public Dataset withSource(String name) {
    return new Dataset(schema, featureType, featureScale, features, targets, name);
  }

  private long rowBytes() {
    return (long) features() * featureType.dtype().bytes();
  }

  private long targetRowBytes() {
    return 4L * schema.targetNames().size();
  }

  private void checkIndex(int i) {
    if (i < 0 || i >= size()) {
      throw new LaminaException(
          source + ": sample " + i + " asked for, there are 0 to " + (size() - 1));
    }
  }

  private void requireTargets() {
    if (targets == null) {
      throw new LaminaException(source + ": the samples have no targets; give data that have");
    }
  }

  /** For example {@code digits: 60000 samples, 784 features (UINT8), 10 classes}. */
  @Override
  public String toString() {
    String what =
        isClassification()
            ? ", " + classNames().size() + " classes"
            : ", " + schema.targetNames().size() + " real targets";
    return source
        + ": "
        + size()
        + " samples, "
        + features()
        + " features ("
        + featureType.dtype()
        + ")"
        + (hasTargets() ? what : ", no targets");
  }
}
