package dev.lamina.suite;

import dev.lamina.op.AdamStep;
import dev.lamina.op.Clock;
import dev.lamina.op.Op;
import dev.lamina.op.SgdStep;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Optimizers with and without momentum and decay, skipped or not. */
final class OptimizerCases {
  private static final Sampler FIRST = Sampler.fixed("first-step", 0.01, 1 - 0.9, 1 - 0.999, 0, 1);
  private static final Sampler LATER = later("later", 0.003);
  private static final Sampler LARGE_RATE = later("large-rate", 100);
  private static final Sampler SKIP = Sampler.fixed("skip", 0.01, 0.1, 0.001, 1, 2);
  private static final Sampler NO_REFUSAL = Sampler.fixed("none", 0, 0, 0);
  private static final Sampler ZERO = Sampler.each("zero", r -> 0);

  /** Gradients that vanish, explode or are not numbers. */
  private static final Sampler ODD_GRADIENTS =
      Sampler.each(
          "odd-gradients",
          r ->
              switch (r.nextInt(8)) {
                case 0 -> 0;
                case 1 -> Double.NaN;
                case 2 -> Double.POSITIVE_INFINITY;
                case 3 -> 1e12;
                default -> r.nextGaussian();
              });

  /** Finite gradients whose squares, or what a large rate makes of them, are not in FP32. */
  private static final Sampler HUGE_GRADIENTS =
      Sampler.each("huge-gradients", r -> r.nextInt(5) == 0 ? 3e38 : r.nextGaussian());

  private OptimizerCases() {}

  private static Sampler later(String name, double rate) {
    return Sampler.fixed(name, rate, 1 - Math.pow(0.9, 20), 1 - Math.pow(0.999, 20), 0, 20);
  }

  static void addTo(CaseList list) {
    for (DType dtype : CaseList.FULL) {
      for (long size : new long[] {1, 2, 13, 64, 207, 1000, 4097, 40_001}) {
        TensorType p = TensorType.of(dtype, size);
        sgd(list, p, 0, size);
        adam(list, p, 0, size);
        sgd(list, p, 0.1, size / 2);
        adam(list, p, 0.1, size / 2);
        if (size < 1000) {
          sgd(list, p, 0.1, 0);
          adam(list, p, 0.1, 0);
          sgd(list, p, 0.1, size);
          adam(list, p, 0.1, size);
        }
      }
    }
  }

  private static void sgd(CaseList list, TensorType p, double decay, long decayed) {
    for (double momentum : new double[] {0, 0.9}) {
      for (boolean nesterov : new boolean[] {false, true}) {
        if (momentum == 0 && nesterov) {
          continue;
        }
        List<TensorType> types = new ArrayList<>(List.of(p, p, Clock.HYPER, Clock.REFUSAL));
        List<Sampler> moments = new ArrayList<>();
        if (momentum != 0) {
          types.add(p);
          moments.add(Samplers.NORMAL);
        }
        steps(list, new SgdStep(momentum, nesterov, decay, decayed), types, moments);
        copied(list, new SgdStep(momentum, nesterov, decay, decayed, true), types, moments);
      }
    }
  }

  private static void adam(CaseList list, TensorType p, double decay, long decayed) {
    for (boolean decoupled : new boolean[] {false, true}) {
      Op op = new AdamStep(0.9, 0.999, 1e-8, decay, decoupled, decayed);
      List<TensorType> types = List.of(p, p, Clock.HYPER, Clock.REFUSAL, p, p);
      steps(list, op, types, List.of(Samplers.NORMAL, Samplers.uniform(0.01, 1)));
      for (Sampler gradient : List.of(Samplers.NORMAL, ZERO)) {
        list.add(
            op,
            p.dtype(),
            types,
            List.of(Samplers.NORMAL, gradient, FIRST, NO_REFUSAL, ZERO, ZERO));
      }
      copied(
          list,
          new AdamStep(0.9, 0.999, 1e-8, decay, decoupled, decayed, true),
          types,
          List.of(Samplers.NORMAL, Samplers.uniform(0.01, 1)));
    }
  }

  /** Steps that write the parameters as BF16 too, over an old copy. */
  private static void copied(CaseList list, Op op, List<TensorType> types, List<Sampler> moments) {
    List<TensorType> all = new ArrayList<>(types);
    all.add(types.getFirst().as(DType.BF16));
    List<Sampler> samplers = new ArrayList<>(moments);
    samplers.add(Samplers.NORMAL);
    steps(list, op, all, samplers);
  }

  private static void steps(CaseList list, Op op, List<TensorType> types, List<Sampler> moments) {
    for (Sampler gradient : List.of(Samplers.NORMAL, ODD_GRADIENTS)) {
      for (Sampler hyper : List.of(LATER, SKIP)) {
        step(list, op, types, gradient, hyper, moments);
      }
    }
    step(list, op, types, HUGE_GRADIENTS, LARGE_RATE, moments);
  }

  private static void step(
      CaseList list,
      Op op,
      List<TensorType> types,
      Sampler gradient,
      Sampler hyper,
      List<Sampler> moments) {
    List<Sampler> samplers = new ArrayList<>(List.of(Samplers.NORMAL, gradient, hyper, NO_REFUSAL));
    samplers.addAll(moments);
    list.add(op, types.getFirst().dtype(), types, samplers);
  }
}
