package dev.lamina.probe;

import dev.lamina.cuda.lt.Epilogue;
import dev.lamina.cuda.lt.MatmulAlgorithm;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the three products of an output layer would gain if its ten outputs were padded to rows of
 * whole multiples of 16 bytes, which cuBLASLt's wide loads and stores need.
 */
final class OutputWidthQuestion implements Question {
  private static final int CLASSES = 10;
  private static final int ALIGNMENT = 16;
  private static final int WANTED = 16;

  /** Products in a graph, one after the other. */
  private static final int NODES = 20;

  private enum Kind {
    FORWARD,
    INPUT_GRADIENT,
    WEIGHT_GRADIENT
  }

  @Override
  public String name() {
    return "output-width";
  }

  @Override
  public List<Answer> ask(ProbeGpu gpu) {
    List<Answer> answers = new ArrayList<>();
    try (Clockwork clock = new Clockwork(gpu.stream())) {
      for (ProbeType type : List.of(ProbeType.TF32, ProbeType.BF16)) {
        answers.add(answer(gpu, clock, type, gpu.size(512, 16), gpu.size(128, 8)));
        answers.add(answer(gpu, clock, type, gpu.size(1024, 24), gpu.size(1024, 16)));
      }
    }
    return answers;
  }

  private static Answer answer(
      ProbeGpu gpu, Clockwork clock, ProbeType type, int inputs, int batch) {
    int unit = ALIGNMENT / type.operands().bytes();
    int padded = (CLASSES + unit - 1) / unit * unit;
    List<String> says = new ArrayList<>();
    Answer values =
        Answer.of("")
            .with("type", type.name())
            .with("inputs", inputs)
            .with("batch", batch)
            .with("padded", padded);
    for (Kind kind : Kind.values()) {
      double plain = microseconds(gpu, clock, type, kind, CLASSES, inputs, batch);
      double wide = microseconds(gpu, clock, type, kind, padded, inputs, batch);
      String name = kind.name().toLowerCase(Locale.ROOT);
      values = values.with(name, plain).with(name + "_padded", wide);
      says.add(Answer.of("%s %.2f and %.2f us", name, plain, wide).says());
    }
    String products = "%s, %d inputs, batch %d, products of %d and of %d outputs: ";
    Answer head = Answer.of(products, type, inputs, batch, CLASSES, padded);
    return new Answer(head.says() + String.join(", ", says), values.values());
  }

  /** The fastest algorithm's time, with the edge to the next; NaN if there is none. */
  private static double microseconds(
      ProbeGpu gpu,
      Clockwork clock,
      ProbeType type,
      Kind kind,
      int outputs,
      int inputs,
      int batch) {
    try (ProbeProduct product = product(gpu, type, kind, outputs, inputs, batch)) {
      double best = Double.NaN;
      for (MatmulAlgorithm algorithm : product.algorithms(WANTED)) {
        double time =
            clock.graphed(() -> {
              for (int i = 0; i < NODES; i++) {
                product.enqueue(gpu.stream(), algorithm);
              }
            });
        best = Double.isNaN(best) ? time / NODES : Math.min(best, time / NODES);
      }
      return best;
    }
  }

  // Column-major, so transposed: Zᵀ = W Fᵀ, dFᵀ = Wᵀ dZᵀ, dWᵀ = Fᵀ dZ.
  private static ProbeProduct product(
      ProbeGpu gpu, ProbeType type, Kind kind, int outputs, int inputs, int batch) {
    ProbeType weights = type == ProbeType.BF16 ? ProbeType.BF16_TO_FP32 : type;
    return switch (kind) {
      case FORWARD ->
          new ProbeProduct(gpu, type, Epilogue.BIAS, true, false, outputs, batch, inputs);
      case INPUT_GRADIENT ->
          new ProbeProduct(gpu, type, Epilogue.DEFAULT, false, false, inputs, batch, outputs);
      case WEIGHT_GRADIENT ->
          new ProbeProduct(gpu, weights, Epilogue.BGRADB, false, true, inputs, outputs, batch);
    };
  }
}
