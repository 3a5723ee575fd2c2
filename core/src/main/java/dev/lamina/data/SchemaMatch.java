package dev.lamina.data;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import dev.lamina.io.HostMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Whether data fit a model, and the model's number for each class of the data. */
final class SchemaMatch {
  private SchemaMatch() {}

  /** The targets in the model's numbers, or null if there are none. */
  static MemorySegment targets(Dataset data, Schema model) {
    Schema schema = data.schema();
    String source = data.source();
    if (schema.features() != model.features()) {
      throw new LaminaException(
          source
              + ": samples of "
              + schema.features()
              + " features, but the model was trained on "
              + model.features()
              + "; give it data of the same kind");
    }
    if (schema.isNamed() && model.isNamed()) {
      sameNames(source, schema.featureNames(), model.featureNames());
    }
    if (!data.hasTargets()) {
      return null;
    }
    if (schema.isClassification() != model.isClassification()) {
      throw new LaminaException(
          source
              + (schema.isClassification()
                  ? ": the targets are classes, but the model predicts real numbers"
                  : ": the targets are real numbers, but the model predicts classes")
              + "; give it data of the same kind");
    }
    if (model.isClassification()) {
      return renumbered(data, model);
    }
    if (schema.targetNames().size() != model.targetNames().size()) {
      throw new LaminaException(
          source
              + ": "
              + schema.targetNames().size()
              + " targets for each sample, but the model predicts "
              + model.targetNames().size());
    }
    return data.targetData();
  }

  private static void sameNames(String source, List<String> came, List<String> expected) {
    for (int i = 0; i < expected.size(); i++) {
      if (!came.get(i).equals(expected.get(i))) {
        throw new LaminaException(
            source
                + ": feature "
                + (i + 1)
                + " is "
                + Quote.of(came.get(i))
                + ", but the model was trained with "
                + Quote.of(expected.get(i))
                + " there; give the same features in the same order");
      }
    }
  }

  private static MemorySegment renumbered(Dataset data, Schema model) {
    if (data.classNames().equals(model.classNames())) {
      return data.targetData();
    }
    int[] number = new int[data.classNames().size()];
    for (int k = 0; k < number.length; k++) {
      number[k] = model.classNames().indexOf(data.classNames().get(k));
    }
    MemorySegment targets = HostMemory.allocate(data.targetData().byteSize(), data.source());
    for (int i = 0; i < data.size(); i++) {
      int label = data.label(i);
      if (number[label] < 0) {
        throw new LaminaException(
            data.source()
                + ": row "
                + (i + 1)
                + ": the model does not know the class "
                + Quote.of(data.classNames().get(label))
                + "; it knows "
                + Quote.list(model.classNames()));
      }
      targets.setAtIndex(ValueLayout.JAVA_INT, i, number[label]);
    }
    return targets;
  }
}
