package dev.lamina.probe;

import dev.lamina.cuda.lt.CublasException;
import dev.lamina.cuda.lt.Epilogue;
import dev.lamina.cuda.lt.MatmulAlgorithm;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;

/**
 * Whether the bias gradient that comes with a weight gradient, BGRADA and BGRADB, is right: sums of
 * the rows of op(A), or of the columns of op(B), over k.
 */
final class BiasGradientQuestion implements Question {
  private static final int M = 96;
  private static final int N = 64;
  private static final int K = 128;
  private static final int WANTED = 16;
  private static final List<String> LAYOUTS = List.of("nn", "nt", "tn", "tt");

  /** Of the sum's size, by the type of D: rounding of it, and of sums in another order. */
  private static final double BF16 = 0x1p-7;

  private static final double FP32 = 1e-5;

  @Override
  public String name() {
    return "bias-gradient";
  }

  @Override
  public List<Answer> ask(ProbeGpu gpu) {
    List<Answer> answers = new ArrayList<>();
    for (ProbeType type : ProbeType.values()) {
      for (Epilogue epilogue : List.of(Epilogue.BGRADA, Epilogue.BGRADB)) {
        Answer answer = Answer.of("");
        List<String> all = new ArrayList<>();
        for (String layout : LAYOUTS) {
          String found = check(gpu, type, epilogue, layout);
          answer = answer.with(layout, found);
          all.add(layout + " " + found);
        }
        String says = type + " " + epilogue + ", right with: " + String.join("; ", all);
        answers.add(
            new Answer(says, answer.values())
                .with("type", type.name())
                .with("epilogue", epilogue.name()));
      }
    }
    return answers;
  }

  /** How many algorithms are right, in words. */
  private static String check(ProbeGpu gpu, ProbeType type, Epilogue epilogue, String layout) {
    boolean transposeA = layout.charAt(0) == 't';
    boolean transposeB = layout.charAt(1) == 't';
    try (ProbeProduct product =
        new ProbeProduct(gpu, type, epilogue, transposeA, transposeB, M, N, K)) {
      // Multiples of a quarter, so that every sum is exact in FP32.
      SplittableRandom random = new SplittableRandom(1);
      double[] a = random.ints(M * K, -4, 5).mapToDouble(i -> i / 4.0).toArray();
      double[] b = random.ints(K * N, -4, 5).mapToDouble(i -> i / 4.0).toArray();
      ProbeProduct.write(product.a, type.operands(), M * K, i -> a[i]);
      ProbeProduct.write(product.b, type.operands(), K * N, i -> b[i]);
      boolean ofA = epilogue == Epilogue.BGRADA;
      int length = ofA ? M : N;
      // op(A) [M, K] and op(B) [K, N], column-major as stored or transposed.
      boolean sideBySide = ofA ? transposeA : !transposeB;
      IntToDoubleFunction expected = i -> sum(ofA ? a : b, i, length, sideBySide);
      List<MatmulAlgorithm> algorithms = product.algorithms(WANTED);
      double limit = type == ProbeType.BF16 ? BF16 : FP32;
      int right = 0;
      double most = 0;
      for (MatmulAlgorithm algorithm : algorithms) {
        product.run(algorithm);
        float[] found = ProbeProduct.read(product.bias, type.result(), length);
        double error =
            Errors.largest(found, expected) / (1 + Errors.largest(new float[length], expected));
        right += error <= limit ? 1 : 0;
        most = Math.max(most, error);
      }
      String all = right + " of " + algorithms.size();
      return right == algorithms.size()
          ? all
          : all + String.format(Locale.ROOT, ", off by %.2g of the sum", most);
    } catch (CublasException e) {
      return "none: " + e.getMessage();
    }
  }

  /** Element i of the sums over k; those of one sum lie side by side or so many apart. */
  private static double sum(double[] matrix, int i, int length, boolean sideBySide) {
    double sum = 0;
    for (int j = 0; j < K; j++) {
      sum += matrix[sideBySide ? i * K + j : j * length + i];
    }
    return sum;
  }
}
