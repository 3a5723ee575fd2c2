package dev.lamina.cpu;

import dev.lamina.op.AdamStep;
import dev.lamina.op.SgdStep;
import dev.lamina.type.DType;
import java.util.List;

/** Optimizer steps over flat parameter buffers. */
final class PlainOptimizers {
  private PlainOptimizers() {}

  /** What is done with n parameters from position {@code at} on. */
  private interface Update {
    /** Returns which of them is the first that was left as it was, n if none was. */
    int run(Scratch s, long at, int n, double decay);
  }

  /** Skips if the step must be skipped; splits blocks where the weight decay ends. */
  private static Task update(List<Buffer> in, double weightDecay, long decayed, Update update) {
    Buffer hyper = in.get(2);
    return Tasks.of(
        Cut.elements(in.getFirst().type().size()),
        (chunk, from, to) -> {
          if (Optimizers.isSkipped(hyper)) {
            return;
          }
          Scratch s = Scratch.get();
          for (long at = from; at < to; ) {
            boolean inDecayed = at < decayed;
            long end = inDecayed ? Math.min(to, decayed) : to;
            int n = (int) Math.min(Scratch.BLOCK, end - at);
            int refused = update.run(s, at, n, inDecayed ? weightDecay : 0);
            if (refused < n) {
              Optimizers.refuse(in, at + refused, at + n);
            }
            at += n;
          }
        });
  }

  /** A step over p, with g, hyper, a refusal, and the velocity if there is momentum. */
  static Task sgd(SgdStep op, List<Buffer> in) {
    Buffer p = in.get(0);
    Buffer g = in.get(1);
    Buffer hyper = in.get(2);
    Buffer v = op.momentum() == 0 ? null : in.get(4);
    double mu = op.momentum();
    return update(
        in,
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
          }
          int refused = n;
          for (int i = n - 1; i >= 0; i--) {
            if (!isFinite(s.a[i], p)) {
              refused = i;
              s.a[i] = Scratch.get(p, at + i);
              if (v != null) {
                s.c[i] = Scratch.get(v, at + i);
              }
            }
          }
          if (v != null) {
            s.store(s.c, n, v, at);
          }
          s.store(s.a, n, p, at);
          return refused;
        });
  }

  /** Whether a number is finite once it is stored. */
  private static boolean isFinite(double x, Buffer stored) {
    return stored.type().dtype() == DType.FP64 ? Double.isFinite(x) : Float.isFinite((float) x);
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

  /** A step over p, with g, hyper, a refusal, m and v. */
  static Task adam(AdamStep op, List<Buffer> in) {
    Buffer p = in.get(0);
    Buffer g = in.get(1);
    Buffer hyper = in.get(2);
    Buffer m = in.get(4);
    Buffer v = in.get(5);
    return update(
        in,
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
          int refused = n;
          for (int i = n - 1; i >= 0; i--) {
            if (!isFinite(s.a[i], p) || !isFinite(s.d[i], v)) {
              refused = i;
              s.a[i] = Scratch.get(p, at + i);
              s.c[i] = Scratch.get(m, at + i);
              s.d[i] = Scratch.get(v, at + i);
            }
          }
          s.store(s.a, n, p, at);
          s.store(s.c, n, m, at);
          s.store(s.d, n, v, at);
          return refused;
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
