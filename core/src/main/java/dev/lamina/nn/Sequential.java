package dev.lamina.nn;

import dev.lamina.graph.Value;
import dev.lamina.op.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * Layers one after the other, named by their positions 0, 1, ... as PyTorch's Sequential names
 * them. The same object at two positions shares its parameters.
 */
public record Sequential(List<Layer> layers) implements Layer {
  /** Copies the list. */
  public Sequential {
    layers = List.copyOf(layers);
  }

  /** These layers. */
  public Sequential(Layer... layers) {
    this(List.of(layers));
  }

  /**
   * A multilayer perceptron: Linear, activation and dropout (where above 0) for each hidden width,
   * then a Linear to the outputs.
   */
  public static Sequential mlp(
      int inputs, List<Integer> hidden, int outputs, Activation activation, double dropout) {
    List<Layer> layers = new ArrayList<>();
    int width = inputs;
    for (int next : hidden) {
      layers.add(
          new Linear(width, next, true, Activation.IDENTITY, Linear.initializerFor(activation)));
      layers.add(of(activation));
      if (dropout > 0) {
        layers.add(new Dropout(dropout));
      }
      width = next;
    }
    layers.add(new Linear(width, outputs, true, Activation.IDENTITY, Initializer.XAVIER_UNIFORM));
    return new Sequential(layers);
  }

  private static Layer of(Activation activation) {
    return switch (activation) {
      case IDENTITY -> new Identity();
      case RELU -> new ReLU();
      case SIGMOID -> new Sigmoid();
      case TANH -> new Tanh();
      case GELU -> new GELU();
    };
  }

  @Override
  public List<ParameterSpec> parameters() {
    List<ParameterSpec> specs = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      String path = Integer.toString(i);
      Layer layer = layers.get(i);
      layer.parameters().forEach(spec -> specs.add(spec.within(path, layer)));
    }
    return specs;
  }

  /** Those of the first layer. */
  @Override
  public OptionalInt inputs() {
    return layers.isEmpty() ? OptionalInt.empty() : layers.getFirst().inputs();
  }

  @Override
  public Value build(BuildContext context, Value x) {
    Value value = x;
    for (int i = 0; i < layers.size(); i++) {
      value = context.part(Integer.toString(i), layers.get(i), value);
    }
    return value;
  }

  @Override
  public String toString() {
    return layers.stream()
        .map(Layer::toString)
        .collect(Collectors.joining(", ", "new Sequential(", ")"));
  }
}
