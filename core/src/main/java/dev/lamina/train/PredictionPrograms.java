package dev.lamina.train;

import dev.lamina.backend.Operand;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.graph.Variable;
import dev.lamina.loss.Loss;
import dev.lamina.nn.Mode;
import dev.lamina.nn.Model;
import dev.lamina.op.Softmax;
import dev.lamina.program.Program;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The programs of a predictor: one for a full batch and one for each smaller power of two. One
 * thread at a time may use them.
 */
final class PredictionPrograms implements AutoCloseable {
  private final Model model;
  private final Loss loss;
  private final int batchSize;
  private final Arena arena = Arena.ofShared();
  private final Map<Integer, Sized> bySize = new HashMap<>();

  /** A program with host memory for its samples and its predictions, in the model's type. */
  private record Sized(Program program, MemorySegment samples, MemorySegment predictions) {}

  PredictionPrograms(Model model, Loss loss, int batchSize) {
    this.model = model;
    this.loss = loss;
    this.batchSize = batchSize;
  }

  /** Computes parts of requests, no more samples than a batch has, together. */
  void run(List<PredictionRequest.Part> parts) {
    int count = parts.stream().mapToInt(PredictionRequest.Part::count).sum();
    Sized sized = bySize.computeIfAbsent(sizeFor(count), this::make);
    long at = 0;
    for (PredictionRequest.Part part : parts) {
      int inputs = model.inputs();
      put(part.samples(), part.first() * inputs, sized.samples, at * inputs, part.count() * inputs);
      at += part.count();
    }
    sized.samples.asSlice(at * model.inputs() * model.dtype().bytes()).fill((byte) 0);
    sized.program.write("samples", sized.samples);
    sized.program.run();
    sized.program.read("prediction", sized.predictions);
    at = 0;
    for (PredictionRequest.Part part : parts) {
      int outputs = model.outputs();
      get(
          sized.predictions,
          at * outputs,
          part.predictions(),
          part.first() * outputs,
          part.count() * outputs);
      at += part.count();
    }
  }

  /** So many rows or a few more: the next power of two, but not above the batch size. */
  private int sizeFor(int count) {
    int power = Integer.highestOneBit(count);
    return power == count ? count : Math.min(batchSize, 2 * power);
  }

  private Sized make(int size) {
    Graph graph = new Graph();
    TensorType type = TensorType.of(model.dtype(), size, model.inputs());
    Value x = graph.input("samples", type);
    Value z = model.build(graph, x, Mode.EVALUATION, null);
    Value y =
        switch (loss.outputs()) {
          case CLASS_LOGITS -> graph.emit(new Softmax(false), z);
          case LOGITS -> z.sigmoid();
          case NUMBERS -> z;
        };
    graph.keep(graph.name(y, "prediction"));
    Map<Variable, Operand> bindings = Map.of(model.variable(), model.operand());
    return new Sized(
        Program.compile("prediction", graph, model.backend(), bindings),
        arena.allocate(type.bytes(), Operand.ALIGNMENT),
        arena.allocate(y.type().bytes(), Operand.ALIGNMENT));
  }

  private void put(float[] from, int first, MemorySegment to, long at, int count) {
    if (model.dtype() == DType.FP32) {
      MemorySegment.copy(from, first, to, ValueLayout.JAVA_FLOAT, at * Float.BYTES, count);
    } else {
      for (int i = 0; i < count; i++) {
        to.setAtIndex(ValueLayout.JAVA_DOUBLE, at + i, from[first + i]);
      }
    }
  }

  private void get(MemorySegment from, long at, float[] to, int first, int count) {
    if (model.dtype() == DType.FP32) {
      MemorySegment.copy(from, ValueLayout.JAVA_FLOAT, at * Float.BYTES, to, first, count);
    } else {
      for (int i = 0; i < count; i++) {
        to[first + i] = (float) from.getAtIndex(ValueLayout.JAVA_DOUBLE, at + i);
      }
    }
  }

  @Override
  public void close() {
    bySize.values().forEach(sized -> sized.program.close());
    bySize.clear();
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
