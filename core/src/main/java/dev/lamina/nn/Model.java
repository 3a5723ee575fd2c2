package dev.lamina.nn;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Value;
import dev.lamina.graph.Variable;
import dev.lamina.type.DType;
import dev.lamina.type.ShapeException;
import dev.lamina.type.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Layers together with their parameters on a device. Owns the parameters' memory.
 *
 * <p>One thread at a time may change the parameters; others may read them and build programs
 * meanwhile, and find each as it is between two changes.
 */
public final class Model implements AutoCloseable {
  /** Parameters are drawn and copied to the device in pieces of so many elements. */
  private static final int PIECE = 1 << 22;

  /** A thread draws so many of them at a time: a multiple of 4, see {@link Draws}. */
  private static final int DRAWN_AT_ONCE = 1 << 14;

  private final Layer layer;
  private final int inputs;
  private final Backend backend;
  private final ParameterLayout layout;
  private final Variable parameters;
  private final Memory memory;
  private final int outputs;
  private long revision;

  private Model(Layer layer, int inputs, Backend backend, DType dtype) {
    if (!dtype.isFull()) {
      throw new LaminaException("model of " + dtype + ": expected FP32 or FP64");
    }
    this.layer = layer;
    this.inputs = inputs;
    this.backend = backend;
    layout = new ParameterLayout(layer.parameters());
    parameters = new Variable("parameters", TensorType.of(dtype, layout.size()));
    outputs = outputs(layer, inputs, dtype);
    memory = backend.allocate("parameters", parameters.type().bytes());
  }

  /**
   * A model with freshly drawn parameters.
   *
   * @param inputs the number of features
   * @param dtype of parameters and activations: FP32, or FP64 where the backend has it
   * @param seed of the parameters; the same on every backend
   */
  public static Model create(Layer layer, int inputs, Backend backend, DType dtype, long seed) {
    Model model = new Model(layer, inputs, backend, dtype);
    model.initialize(seed);
    return model;
  }

  /**
   * The number of features of an output, found out without a device.
   *
   * @param inputs the number of features of an input
   * @throws LaminaException if the layers do not fit each other or the inputs
   */
  public static int outputs(Layer layer, int inputs, DType dtype) {
    ParameterLayout layout = new ParameterLayout(layer.parameters());
    Variable source = new Variable("parameters", TensorType.of(dtype, layout.size()));
    Graph probe = new Graph();
    Value x = probe.input("input", TensorType.of(dtype, 1, inputs));
    Value y =
        layer.build(new BuildContext(probe, Mode.EVALUATION, layout, source, source, null), x);
    return Math.toIntExact(y.type().shape().columns());
  }

  /**
   * A model in FP32 with freshly drawn parameters, whose first layer says how many features it
   * takes.
   *
   * @throws LaminaException if it does not say so
   */
  public static Model create(Layer layer, Backend backend, long seed) {
    int inputs =
        layer
            .inputs()
            .orElseThrow(() ->
                new LaminaException(
                    "the first layer of "
                        + layer
                        + " takes any number of features; say how many there are:"
                        + " Model.create(layer, inputs, backend, seed)"));
    return create(layer, inputs, backend, seed);
  }

  /** A model in FP32 with freshly drawn parameters. */
  public static Model create(Layer layer, int inputs, Backend backend, long seed) {
    return create(layer, inputs, backend, DType.FP32, seed);
  }

  /**
   * A model whose parameters are all 0, to be written by the caller; nothing is drawn.
   *
   * @param inputs the number of features
   * @param dtype of parameters and activations: FP32, or FP64 where the backend has it
   */
  public static Model zeros(Layer layer, int inputs, Backend backend, DType dtype) {
    Model model = new Model(layer, inputs, backend, dtype);
    model.clear();
    return model;
  }

  /** The layers. */
  public Layer layer() {
    return layer;
  }

  /** The number of features of an input. */
  public int inputs() {
    return inputs;
  }

  /** The number of features of an output. */
  public int outputs() {
    return outputs;
  }

  /** Where the parameters are. */
  public Backend backend() {
    return backend;
  }

  /** The type of parameters and activations. */
  public DType dtype() {
    return parameters.type().dtype();
  }

  /** The parameters' names, shapes and places. */
  public ParameterLayout layout() {
    return layout;
  }

  /** The flat parameter buffer as a variable of graphs. */
  public Variable variable() {
    return parameters;
  }

  /** The flat parameter buffer in memory. */
  public Operand operand() {
    return new Operand(memory, 0, parameters.type());
  }

  /**
   * Adds the model to a graph.
   *
   * @param x [batch, inputs]
   * @param clock the training clock, null if there is none
   * @return [batch, outputs], named {@code output}
   */
  public Value build(Graph graph, Value x, Mode mode, Value clock) {
    return build(graph, parameters, x, mode, clock);
  }

  /**
   * Adds the model to a graph with parameters that lie elsewhere; states are the model's own.
   *
   * @param source laid out as {@link #layout()} says; its element type is that of all that follows
   * @param x [batch, inputs] in that element type
   * @param clock the training clock, null if there is none
   * @return [batch, outputs], named {@code output}
   */
  public Value build(Graph graph, Variable source, Value x, Mode mode, Value clock) {
    BuildContext context = new BuildContext(graph, mode, layout, source, parameters, clock);
    Value y = layer.build(context, x);
    layout.parameters().forEach(context::value); // also those that no layer asked for
    return graph.name(y, context.path("output"));
  }

  /**
   * Adds the model to a graph for evaluation, under a name, so that a graph can have several models
   * or one several times: all names within begin with it, as {@code encoder.0.weight} and {@code
   * encoder.output}.
   *
   * @param x [batch, inputs]
   * @return [batch, outputs]
   */
  public Value build(Graph graph, String name, Value x) {
    return graph.scope(name, () -> build(graph, x, Mode.EVALUATION, null));
  }

  /**
   * The parameters that are trained as values of a graph that the model was added to, in order of
   * layers.
   */
  public List<Value> parameterValues(Graph graph) {
    return layout.trained().stream().map(p -> graph.find(p.name())).toList();
  }

  /**
   * How often the parameters were changed, by the host or a training step: who keeps a copy of them
   * sees whether it is still good.
   */
  public long revision() {
    return revision;
  }

  /** Notes that the parameters change; who writes to {@link #operand()} says so. */
  public void revise() {
    revision++;
  }

  /** Draws all parameters anew. */
  public void initialize(long seed) {
    clear();
    try (Arena arena = Arena.ofShared()) {
      long largest = layout.parameters().stream().mapToLong(p -> p.shape().size()).max().orElse(0);
      MemorySegment host = arena.allocate(Math.min(PIECE, largest) * dtype().bytes(), 64);
      for (Parameter parameter : layout.parameters()) {
        long size = parameter.shape().size();
        for (long first = 0; first < size; first += PIECE) {
          draw(parameter, seed, first, (int) Math.min(PIECE, size - first), host);
        }
      }
    }
  }

  // The gaps between parameters must be 0: optimizers pass over them.
  private void clear() {
    revise();
    backend.zero(operand());
  }

  /** Draws elements {@code first} to {@code first + count} and writes them. */
  private void draw(Parameter parameter, long seed, long first, int count, MemorySegment host) {
    IntStream.range(0, Math.ceilDiv(count, DRAWN_AT_ONCE))
        .parallel()
        .forEach(part -> {
          int from = part * DRAWN_AT_ONCE;
          double[] drawn = new double[Math.min(DRAWN_AT_ONCE, count - from)];
          Draws draws = new Draws(parameter.shape(), seed, parameter.number(), first + from);
          parameter.initializer().draw(draws, drawn);
          if (dtype() == DType.FP64) {
            MemorySegment.copy(drawn, 0, host, ValueLayout.JAVA_DOUBLE, 8L * from, drawn.length);
          } else {
            float[] rounded = new float[drawn.length];
            for (int i = 0; i < rounded.length; i++) {
              rounded[i] = (float) drawn[i];
            }
            MemorySegment.copy(rounded, 0, host, ValueLayout.JAVA_FLOAT, 4L * from, rounded.length);
          }
        });
    int width = dtype().bytes();
    write(parameter.name(), first * width, host.asSlice(0, (long) count * width));
  }

  /**
   * Overwrites a parameter with host memory of exactly its size, in the model's element type.
   *
   * @throws ShapeException if the size is another, or it is a Java array of other elements
   */
  public void write(String name, MemorySegment source) {
    Parameter parameter = checked(name, source);
    revise();
    memory.write(parameter.offset() * dtype().bytes(), source);
  }

  /**
   * Overwrites a part of a parameter.
   *
   * @param offset the first byte to overwrite, in the parameter
   */
  public void write(String name, long offset, MemorySegment source) {
    long at = place(layout.get(name), offset, source);
    revise();
    memory.write(at, source);
  }

  /**
   * Copies a parameter to host memory of exactly its size, in the model's element type.
   *
   * @throws ShapeException if the size is another, or it is a Java array of other elements
   */
  public void read(String name, MemorySegment target) {
    Parameter parameter = checked(name, target);
    memory.read(parameter.offset() * dtype().bytes(), target);
  }

  private Parameter checked(String name, MemorySegment host) {
    Parameter parameter = layout.get(name);
    new TensorType(dtype(), parameter.shape()).checkHost("parameter " + name, host);
    return parameter;
  }

  /**
   * Copies a part of a parameter to host memory.
   *
   * @param offset the first byte to copy, in the parameter
   */
  public void read(String name, long offset, MemorySegment target) {
    memory.read(place(layout.get(name), offset, target), target);
  }

  private long place(Parameter parameter, long offset, MemorySegment host) {
    long bytes = parameter.shape().size() * dtype().bytes();
    if (offset < 0 || host.byteSize() > bytes - offset) {
      throw new ShapeException(
          "parameter "
              + parameter.name()
              + " has "
              + bytes
              + " bytes; "
              + host.byteSize()
              + " from byte "
              + offset
              + " do not lie in it");
    }
    return parameter.offset() * dtype().bytes() + offset;
  }

  /** Copies all parameters, the flat buffer with its gaps, to the host. */
  public void snapshot(MemorySegment target) {
    memory.read(0, target);
  }

  /** Overwrites all parameters with a snapshot. */
  public void restore(MemorySegment source) {
    revise();
    memory.write(0, source);
  }

  @Override
  public void close() {
    memory.close();
  }

  /** The layers, as the Java expression that makes them. */
  @Override
  public String toString() {
    return layer.toString();
  }
}
