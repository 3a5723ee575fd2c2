package dev.lamina.probe;

import dev.lamina.cuda.lt.Epilogue;
import dev.lamina.cuda.lt.MatmulAlgorithm;
import dev.lamina.op.Activation;
import dev.lamina.oracle.Activations;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/** How exact GELU and its gradient in an epilogue are, beside the tanh form in double. */
final class GeluQuestion implements Question {
  private static final int M = 256;
  private static final int N = 16;
  private static final int K = 32;
  private static final int WANTED = 16;

  @Override
  public String name() {
    return "gelu";
  }

  @Override
  public List<Answer> ask(ProbeGpu gpu) {
    List<Answer> answers = new ArrayList<>();
    for (ProbeType type : ProbeType.values()) {
      for (Epilogue epilogue : List.of(Epilogue.GELU_BIAS, Epilogue.DGELU)) {
        answers.add(errors(gpu, type, epilogue));
      }
    }
    return answers;
  }

  /** From -4 to 4, exact in BF16. */
  private static double x(int i) {
    return (i % M - M / 2) / 32.0;
  }

  private static Answer errors(ProbeGpu gpu, ProbeType type, Epilogue epilogue) {
    boolean gradient = epilogue == Epilogue.DGELU;
    try (ProbeProduct product = new ProbeProduct(gpu, type, epilogue, !gradient, false, M, N, K)) {
      if (gradient) {
        // A product of ones.
        ProbeProduct.write(product.a, type.operands(), M * K, i -> 1.0 / K);
        ProbeProduct.write(product.b, type.operands(), K * N, i -> 1);
        ProbeProduct.write(product.auxiliary, type.result(), M * N, GeluQuestion::x);
      } else {
        ProbeProduct.write(product.bias, type.result(), M, GeluQuestion::x);
      }
      IntToDoubleFunction expected =
          i ->
              gradient
                  ? Activations.derivative(Activation.GELU, x(i))
                  : Activations.value(Activation.GELU, x(i));
      List<MatmulAlgorithm> algorithms = product.algorithms(WANTED);
      double least = Double.POSITIVE_INFINITY;
      double most = 0;
      for (MatmulAlgorithm algorithm : algorithms) {
        product.run(algorithm);
        double error = Errors.largest(ProbeProduct.read(product.d, type.result(), M), expected);
        least = Math.min(least, error);
        most = Math.max(most, error);
      }
      return Answer.of(
              "%s %s: off by %.2g to %.2g at most (%d algorithms)",
              type, epilogue, algorithms.isEmpty() ? 0 : least, most, algorithms.size())
          .with("type", type.name())
          .with("epilogue", epilogue.name())
          .with("algorithms", algorithms.size())
          .with("least", algorithms.isEmpty() ? null : least)
          .with("most", algorithms.isEmpty() ? null : most);
    }
  }
}
