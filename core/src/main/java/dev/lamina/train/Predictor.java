package dev.lamina.train;

import dev.lamina.backend.Operand;
import dev.lamina.data.Dataset;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.graph.Variable;
import dev.lamina.nn.Mode;
import dev.lamina.nn.Model;
import dev.lamina.op.Activate;
import dev.lamina.op.Activation;
import dev.lamina.op.LossFunction;
import dev.lamina.op.Softmax;
import dev.lamina.program.Program;
import dev.lamina.type.DType;
import dev.lamina.type.ShapeException;
import dev.lamina.type.TensorType;
import java.util.HashMap;
import java.util.Map;

/**
 * Predicts with a model: without gradients, dropout or saved activations. What comes out is a
 * probability for each class where the model was trained on a cross-entropy, else the model's
 * output itself.
 */
public final class Predictor implements AutoCloseable {
  private final Model model;
  private final LossFunction loss;
  private final int batchSize;
  private final Map<Integer, Program> programs = new HashMap<>();

  /**
   * A predictor.
   *
   * @param loss that the model was trained on
   * @param batchSize how many samples are predicted at once
   */
  public Predictor(Model model, LossFunction loss, int batchSize) {
    this.model = model;
    this.loss = loss;
    this.batchSize = BatchSize.checked(batchSize);
  }

  /** Predicts all samples of a data set: [samples, outputs], row-major. */
  public float[] predict(Dataset data) {
    if (data.features() != model.inputs()) {
      throw new ShapeException(
          data.source()
              + " has "
              + data.features()
              + " features and the model "
              + model.inputs()
              + " inputs; they must be equal");
    }
    float[] result = new float[Math.multiplyExact(data.size(), model.outputs())];
    float[] row = new float[model.inputs()];
    for (int first = 0; first < data.size(); first += batchSize) {
      int count = Math.min(batchSize, data.size() - first);
      float[] batch = new float[Math.multiplyExact(count, model.inputs())];
      for (int i = 0; i < count; i++) {
        data.copyRow(first + i, row);
        System.arraycopy(row, 0, batch, i * row.length, row.length);
      }
      float[] predicted = predict(batch);
      System.arraycopy(predicted, 0, result, first * model.outputs(), predicted.length);
    }
    return result;
  }

  /**
   * Predicts samples that are given as they were given to training, after preprocessing.
   *
   * @param samples [n, inputs], row-major
   * @return [n, outputs], row-major
   */
  public float[] predict(float[] samples) {
    int count = samples.length / model.inputs();
    if (count == 0 || count * model.inputs() != samples.length) {
      throw new ShapeException(
          "prediction of "
              + samples.length
              + " numbers: expected a multiple of the model's "
              + model.inputs()
              + " inputs");
    }
    Program program = programs.computeIfAbsent(count, this::compile);
    if (model.dtype() == DType.FP32) {
      program.write("samples", samples);
      program.run();
      return program.readFloats("prediction");
    }
    double[] wide = new double[samples.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = samples[i];
    }
    program.write("samples", wide);
    program.run();
    double[] answer = program.readDoubles("prediction");
    float[] result = new float[answer.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) answer[i];
    }
    return result;
  }

  private Program compile(int count) {
    Graph graph = new Graph();
    Value x = graph.input("samples", TensorType.of(model.dtype(), count, model.inputs()));
    Value z = model.build(graph, x, Mode.EVALUATION, null);
    Value y =
        switch (loss) {
          case SOFTMAX_CROSS_ENTROPY -> graph.emit(new Softmax(false), z);
          case BINARY_CROSS_ENTROPY -> graph.emit(new Activate(Activation.SIGMOID), z);
          case MEAN_SQUARED_ERROR -> z;
        };
    graph.keep(graph.name(y, "prediction"));
    Map<Variable, Operand> bindings = Map.of(model.variable(), model.operand());
    return Program.compile("prediction", graph, model.backend(), bindings);
  }

  @Override
  public void close() {
    programs.values().forEach(Program::close);
    programs.clear();
  }
}
