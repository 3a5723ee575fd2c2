package dev.lamina.train;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.data.Dataset;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.graph.Variable;
import dev.lamina.op.Affine;
import dev.lamina.op.Cast;
import dev.lamina.op.GatherRows;
import dev.lamina.op.LossFunction;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;

/**
 * A data set in a device's memory, features as they are stored (grey values as UINT8) and targets
 * in the form that a loss takes. Batches are gathered and converted there.
 */
public final class DeviceData implements AutoCloseable {
  private final int samples;
  private final double scale;
  private final Targets targets;
  private final Variable features;
  private final Variable answers;
  private final Memory featureMemory;
  private final Memory answerMemory;

  private DeviceData(Backend backend, Dataset data, Targets targets, int outputs) {
    this.samples = data.size();
    this.scale = data.featureScale();
    this.targets = targets;
    features = new Variable("features", data.featureType());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment packed = pack(data, targets, outputs, arena);
      answers = new Variable("targets", answerType(targets, samples, outputs));
      featureMemory = backend.allocate("features of " + data.source(), features.type().bytes());
      Memory allocated = null;
      try {
        allocated = backend.allocate("targets of " + data.source(), answers.type().bytes());
        featureMemory.write(0, data.featureData());
        allocated.write(0, packed);
      } catch (RuntimeException e) {
        featureMemory.close();
        if (allocated != null) {
          allocated.close();
        }
        throw e;
      }
      answerMemory = allocated;
    }
  }

  /**
   * Copies a data set to a device.
   *
   * @param loss for which the targets are prepared
   * @param outputs the number of the model's outputs
   * @throws LaminaException if data, loss and outputs do not go together
   */
  public static DeviceData upload(Backend backend, Dataset data, LossFunction loss, int outputs) {
    return new DeviceData(backend, data, Targets.of(data, loss, outputs), outputs);
  }

  private static TensorType answerType(Targets targets, int samples, int outputs) {
    return switch (targets) {
      case CLASS_NUMBERS -> TensorType.of(DType.INT32, samples);
      case SECOND_CLASS, ONE_HOT -> TensorType.of(DType.UINT8, samples, outputs);
      case VALUES -> TensorType.of(DType.FP32, samples, outputs);
    };
  }

  private static MemorySegment pack(Dataset data, Targets targets, int outputs, Arena arena) {
    if (targets == Targets.CLASS_NUMBERS || targets == Targets.VALUES) {
      return data.targetData();
    }
    MemorySegment packed = arena.allocate(answerType(targets, data.size(), outputs).bytes(), 64);
    for (int i = 0; i < data.size(); i++) {
      if (targets == Targets.ONE_HOT) {
        packed.set(ValueLayout.JAVA_BYTE, (long) i * outputs + data.label(i), (byte) 1);
      } else {
        packed.set(ValueLayout.JAVA_BYTE, i, (byte) data.label(i));
      }
    }
    return packed;
  }

  /** The number of samples. */
  public int samples() {
    return samples;
  }

  /** How much of the device's memory it takes. */
  long bytes() {
    return featureMemory.byteSize() + answerMemory.byteSize();
  }

  /** The form of the targets. */
  public Targets targets() {
    return targets;
  }

  void bind(Map<Variable, Operand> bindings) {
    bindings.put(features, new Operand(featureMemory, 0, features.type()));
    bindings.put(answers, new Operand(answerMemory, 0, answers.type()));
  }

  Value gatherFeatures(Graph graph, Value indices, DType dtype) {
    return graph.emit(new GatherRows(dtype, scale, 0), graph.read(features), indices);
  }

  Value gatherTargets(Graph graph, Value indices, DType dtype) {
    DType to = targets == Targets.CLASS_NUMBERS ? DType.INT32 : dtype;
    return graph.emit(GatherRows.to(to), graph.read(answers), indices);
  }

  /** The features of the rows {@code from} to {@code from + count}, converted. */
  Value sliceFeatures(Graph graph, int from, int count, DType dtype) {
    Value rows = slice(graph, features, from, count);
    Value converted = dtype == rows.type().dtype() ? rows : graph.emit(new Cast(dtype), rows);
    return scale == 1 ? converted : graph.emit(new Affine(scale, 0), converted);
  }

  /** The targets of the rows {@code from} to {@code from + count}, converted. */
  Value sliceTargets(Graph graph, int from, int count, DType dtype) {
    Value rows = slice(graph, answers, from, count);
    DType to = targets == Targets.CLASS_NUMBERS ? DType.INT32 : dtype;
    return to == rows.type().dtype() ? rows : graph.emit(new Cast(to), rows);
  }

  private static Value slice(Graph graph, Variable variable, int from, int count) {
    long[] extents = variable.type().shape().extents();
    long row = variable.type().size() / extents[0];
    extents[0] = count;
    return graph.view(null, variable, from * row, TensorType.of(variable.type().dtype(), extents));
  }

  @Override
  public void close() {
    featureMemory.close();
    answerMemory.close();
  }
}
