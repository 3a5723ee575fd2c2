package dev.lamina.cpu;

import dev.lamina.op.AdamStep;
import dev.lamina.op.SgdStep;

/** Optimizer steps over flat parameter buffers. */
final class PlainOptimizers {
  private PlainOptimizers() {}

  /** What is done with n parameters from position {@code at} on. */
  private interface Update {
    void run(Scratch s, long at, int n, double decay);
  }

  /** Skips if the step must be skipped; splits blocks where the weight decay ends. */
  private static Task update(
      Buffer p, Buffer hyper, double weightDecay, long decayed, Update update) {
    return Tasks.of(
        Cut.elements(p.type().size()),
        (chunk, from, to) -> {
          if (Scratch.get(hyper, 3) != 0) {
            return;
          }
          Scratch s = Scratch.get();
          for (long at = from; at < to; ) {
            boolean inDecayed = at < decayed;
            long end = inDecayed ? Math.min(to, decayed) : to;
            int n = (int) Math.min(Scratch.BLOCK, end - at);
            update.run(s, at, n, inDecayed ? weightDecay : 0);
            at += n;
          }
        });
  }

  /**
   * @param v the velocity, null without momentum
   */
  static Task sgd(SgdStep op, Buffer p, Buffer g, Buffer hyper, Buffer v) {
    double mu = op.momentum();
    return update(
        p,
        hyper,
        op.weightDecay(),
        op.decayed(),
        (s, at, n, decay) -> {
          double rate = Scratch.get(hyper, 0);
          s.load(p, at, n, s.a);
          s.load(g, at, n, s.b);
          if (v == null) {
            descend(s.a, s.b, n, rate, decay);
          } else {
            s.load(v, at, n, s.c);
            descend(s.a, s.b, s.c, n, rate, decay, mu, op.nesterov());
            s.store(s.c, n, v, at);
          }
          s.store(s.a, n, p, at);
        });
  }

  private static void descend(double[] p, double[] g, int n, double rate, double decay) {
    for (int i = 0; i < n; i++) {
      p[i] -= rate * (g[i] + decay * p[i]);
    }
  }

  private static void descend(
      double[] p,
      double[] g,
      double[] v,
      int n,
      double rate,
      double decay,
      double mu,
      boolean nesterov) {
    for (int i = 0; i < n; i++) {
      double gradient = g[i] + decay * p[i];
      v[i] = mu * v[i] + gradient;
      p[i] -= rate * (nesterov ? gradient + mu * v[i] : v[i]);
    }
  }

  static Task adam(AdamStep op, Buffer p, Buffer g, Buffer hyper, Buffer m, Buffer v) {
    return update(
        p,
        hyper,
        op.weightDecay(),
        op.decayed(),
        (s, at, n, decay) -> {
          double rate = Scratch.get(hyper, 0);
          double root = Math.sqrt(Scratch.get(hyper, 2));
          s.load(p, at, n, s.a);
          s.load(g, at, n, s.b);
          s.load(m, at, n, s.c);
          s.load(v, at, n, s.d);
          double l2 = op.decoupled() ? 0 : decay;
          double keep = op.decoupled() ? 1 - rate * decay : 1;
          moments(s, n, op.beta1(), op.beta2(), l2);
          // η (m / c1) / (√(v / c2) + ε) = (η √c2 / c1) m / (√v + ε √c2)
          double step = rate * root / Scratch.get(hyper, 1);
          descend(s, n, keep, step, op.epsilon() * root);
          s.store(s.a, n, p, at);
          s.store(s.c, n, m, at);
          s.store(s.d, n, v, at);
        });
  }

  private static void moments(Scratch s, int n, double beta1, double beta2, double l2) {
    double[] p = s.a;
    double[] g = s.b;
    double[] m = s.c;
    double[] v = s.d;
    for (int i = 0; i < n; i++) {
      double gradient = g[i] + l2 * p[i];
      m[i] = beta1 * m[i] + (1 - beta1) * gradient;
      v[i] = beta2 * v[i] + (1 - beta2) * gradient * gradient;
    }
  }

  private static void descend(Scratch s, int n, double keep, double step, double epsilon) {
    double[] p = s.a;
    double[] m = s.c;
    double[] v = s.d;
    for (int i = 0; i < n; i++) {
      p[i] = keep * p[i] - step * m[i] / (Math.sqrt(v[i]) + epsilon);
    }
  }
}
