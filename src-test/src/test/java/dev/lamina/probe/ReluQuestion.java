package dev.lamina.probe;

import dev.lamina.cuda.lt.Epilogue;
import dev.lamina.cuda.lt.MatmulAlgorithm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;

/** What ReLU in an epilogue makes of NaN, zeros and infinities, and what its mask says of them. */
final class ReluQuestion implements Question {
  private static final int M = 128;
  private static final int N = 16;
  private static final int K = 32;
  private static final int WANTED = 16;

  /** The pre-activations, one a row; the rest are 1. */
  private static final float[] VALUES = {
    Float.NaN, -0.0f, 0, -1, 0.5f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY
  };

  @Override
  public String name() {
    return "relu";
  }

  @Override
  public List<Answer> ask(ProbeGpu gpu) {
    List<Answer> answers = new ArrayList<>();
    for (ProbeType type : ProbeType.values()) {
      for (Epilogue epilogue : List.of(Epilogue.RELU_BIAS, Epilogue.RELU_AUX_BIAS)) {
        answers.add(forward(gpu, type, epilogue));
      }
      answers.add(backward(gpu, type));
    }
    return answers;
  }

  private static Answer forward(ProbeGpu gpu, ProbeType type, Epilogue epilogue) {
    try (ProbeProduct product = new ProbeProduct(gpu, type, epilogue, true, false, M, N, K)) {
      ProbeProduct.write(product.bias, type.result(), M, i -> i < VALUES.length ? VALUES[i] : 1);
      List<MatmulAlgorithm> algorithms = product.algorithms(WANTED);
      TreeSet<String> outcomes = new TreeSet<>();
      for (MatmulAlgorithm algorithm : algorithms) {
        product.run(algorithm);
        float[] d = ProbeProduct.read(product.d, type.result(), VALUES.length);
        String outcome = Arrays.toString(d);
        if (epilogue == Epilogue.RELU_AUX_BIAS) {
          byte[] mask = new byte[1];
          JCudaDriver.cuMemcpyDtoH(Pointer.to(mask), product.auxiliary, 1);
          outcome += ", mask " + bits(mask[0]);
        }
        outcomes.add(outcome);
      }
      return Answer.of(
              "%s %s: %s becomes %s (%d algorithms)",
              type,
              epilogue,
              Arrays.toString(VALUES),
              outcomes.isEmpty() ? "nothing" : String.join(" or ", outcomes),
              algorithms.size())
          .with("type", type.name())
          .with("epilogue", epilogue.name())
          .with("algorithms", algorithms.size())
          .with("outcomes", List.copyOf(outcomes));
    }
  }

  /** In the order of {@link #VALUES}. */
  private static String bits(byte mask) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < VALUES.length; i++) {
      text.append(mask >> i & 1);
    }
    return text.toString();
  }

  // Where the mask has no bit, the gradient must be 0 whatever comes from above.
  private static Answer backward(ProbeGpu gpu, ProbeType type) {
    try (ProbeProduct product =
        new ProbeProduct(gpu, type, Epilogue.DRELU, false, false, M, N, K)) {
      ProbeProduct.write(product.a, type.operands(), M * K, i -> Float.NaN);
      ProbeProduct.write(product.b, type.operands(), K * N, i -> 1);
      List<MatmulAlgorithm> algorithms = product.algorithms(WANTED);
      TreeSet<Float> outcomes = new TreeSet<>();
      for (MatmulAlgorithm algorithm : algorithms) {
        product.run(algorithm);
        outcomes.add(ProbeProduct.read(product.d, type.result(), 1)[0]);
      }
      return Answer.of(
              "%s DRELU: a NaN where the mask has no bit becomes %s (%d algorithms)",
              type, outcomes, algorithms.size())
          .with("type", type.name())
          .with("epilogue", "DRELU")
          .with("algorithms", algorithms.size())
          .with("outcomes", outcomes.stream().map(String::valueOf).toList());
    }
  }
}
