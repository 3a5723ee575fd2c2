package dev.lamina.cpu;

import static dev.lamina.cpu.Lanes.F;
import static dev.lamina.cpu.Lanes.all;
import static dev.lamina.cpu.Lanes.load;
import static dev.lamina.cpu.Lanes.rest;
import static dev.lamina.cpu.Lanes.store;

import dev.lamina.op.AdamStep;
import dev.lamina.op.SgdStep;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Optimizer steps over flat parameter buffers, each in one pass. */
final class VectorOptimizers {
  private VectorOptimizers() {}

  /** What is done with n parameters from byte {@code at} on. */
  private interface Update {
    void run(long at, int n, float decay);
  }

  /** Skips if the step must be skipped; splits a chunk where the weight decay ends. */
  private static Task update(
      Buffer p, Buffer hyper, double weightDecay, long decayed, Update update) {
    return Tasks.of(
        Cut.elements(p.type().size()),
        (chunk, from, to) -> {
          if (Scratch.get(hyper, 3) != 0) {
            return;
          }
          long middle = weightDecay == 0 ? from : Math.clamp(decayed, from, to);
          if (from < middle) {
            update.run(4 * from, (int) (middle - from), (float) weightDecay);
          }
          if (middle < to) {
            update.run(4 * middle, (int) (to - middle), 0);
          }
        });
  }

  /**
   * @param v the velocity, null without momentum
   */
  static Task sgd(SgdStep op, Buffer p, Buffer g, Buffer hyper, Buffer v) {
    MemorySegment ps = p.segment();
    MemorySegment gs = g.segment();
    if (v == null) {
      return update(
          p,
          hyper,
          op.weightDecay(),
          op.decayed(),
          (at, n, decay) -> sgd(ps, gs, at, n, (float) Scratch.get(hyper, 0), decay));
    }
    MemorySegment vs = v.segment();
    float mu = (float) op.momentum();
    return update(
        p,
        hyper,
        op.weightDecay(),
        op.decayed(),
        (at, n, decay) -> {
          float rate = (float) Scratch.get(hyper, 0);
          momentum(ps, gs, vs, at, n, decay, mu, rate, op.nesterov());
        });
  }

  private static void sgd(
      MemorySegment p, MemorySegment g, long at, int n, float rate, float decay) {
    FloatVector keep = all(1 - rate * decay);
    long end = at + 4L * F.loopBound(n);
    long stride = Lanes.stride;
    for (long in = at; in < end; in += stride) {
      FloatVector step = load(g, in).mul(-rate);
      store(load(p, in).fma(keep, step), p, in);
    }
    if (end < at + 4L * n) {
      VectorMask<Float> mask = rest(F.loopBound(n), n);
      FloatVector step = load(g, end, mask).mul(-rate);
      store(load(p, end, mask).fma(keep, step), p, end, mask);
    }
  }

  /** g ← g + λp, v ← μv + g, p ← p − η (g + μv) or p − ηv. */
  private static void momentum(
      MemorySegment p,
      MemorySegment g,
      MemorySegment v,
      long at,
      int n,
      float decay,
      float mu,
      float rate,
      boolean nesterov) {
    long end = at + 4L * F.loopBound(n);
    long stride = Lanes.stride;
    for (long in = at; in < end; in += stride) {
      FloatVector old = load(p, in);
      FloatVector gradient = old.fma(all(decay), load(g, in));
      FloatVector velocity = load(v, in).fma(all(mu), gradient);
      store(velocity, v, in);
      FloatVector direction = nesterov ? velocity.fma(all(mu), gradient) : velocity;
      store(direction.fma(all(-rate), old), p, in);
    }
    if (end < at + 4L * n) {
      VectorMask<Float> mask = rest(F.loopBound(n), n);
      FloatVector old = load(p, end, mask);
      FloatVector gradient = old.fma(all(decay), load(g, end, mask));
      FloatVector velocity = load(v, end, mask).fma(all(mu), gradient);
      store(velocity, v, end, mask);
      FloatVector direction = nesterov ? velocity.fma(all(mu), gradient) : velocity;
      store(direction.fma(all(-rate), old), p, end, mask);
    }
  }

  static Task adam(AdamStep op, Buffer p, Buffer g, Buffer hyper, Buffer m, Buffer v) {
    MemorySegment ps = p.segment();
    MemorySegment gs = g.segment();
    MemorySegment ms = m.segment();
    MemorySegment vs = v.segment();
    float beta1 = (float) op.beta1();
    float beta2 = (float) op.beta2();
    float rest1 = (float) (1 - op.beta1());
    float rest2 = (float) (1 - op.beta2());
    return update(
        p,
        hyper,
        op.weightDecay(),
        op.decayed(),
        (at, n, decay) -> {
          // η (m / c1) / (√(v / c2) + ε) = (η √c2 / c1) m / (√v + ε √c2)
          double rate = Scratch.get(hyper, 0);
          double root = Math.sqrt(Scratch.get(hyper, 2));
          float step = (float) (rate * root / Scratch.get(hyper, 1));
          float epsilon = (float) (op.epsilon() * root);
          float l2 = op.decoupled() ? 0 : decay;
          float keep = op.decoupled() ? (float) (1 - rate * decay) : 1;
          adam(ps, gs, ms, vs, at, n, beta1, rest1, beta2, rest2, l2, keep, step, epsilon);
        });
  }

  private static void adam(
      MemorySegment p,
      MemorySegment g,
      MemorySegment m,
      MemorySegment v,
      long at,
      int n,
      float beta1,
      float rest1,
      float beta2,
      float rest2,
      float l2,
      float keep,
      float step,
      float epsilon) {
    long end = at + 4L * F.loopBound(n);
    long stride = Lanes.stride;
    for (long in = at; in < end; in += stride) {
      FloatVector old = load(p, in);
      FloatVector gradient = old.fma(all(l2), load(g, in));
      FloatVector first = load(m, in).fma(all(beta1), gradient.mul(rest1));
      FloatVector second = load(v, in).fma(all(beta2), gradient.mul(gradient).mul(rest2));
      store(first, m, in);
      store(second, v, in);
      store(old.mul(keep).sub(first.mul(step).div(second.sqrt().add(epsilon))), p, in);
    }
    if (end < at + 4L * n) {
      VectorMask<Float> mask = rest(F.loopBound(n), n);
      FloatVector old = load(p, end, mask);
      FloatVector gradient = old.fma(all(l2), load(g, end, mask));
      FloatVector first = load(m, end, mask).fma(all(beta1), gradient.mul(rest1));
      FloatVector second = load(v, end, mask).fma(all(beta2), gradient.mul(gradient).mul(rest2));
      store(first, m, end, mask);
      store(second, v, end, mask);
      store(old.mul(keep).sub(first.mul(step).div(second.sqrt().add(epsilon))), p, end, mask);
    }
  }
}
