package dev.lamina.cpu;

import static dev.lamina.cpu.Lanes.F;
import static dev.lamina.cpu.Lanes.all;
import static dev.lamina.cpu.Lanes.load;
import static dev.lamina.cpu.Lanes.rest;
import static dev.lamina.cpu.Lanes.store;

import dev.lamina.op.AdamStep;
import dev.lamina.op.SgdStep;
import java.lang.foreign.MemorySegment;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Optimizer steps over flat parameter buffers, each in one pass. Where a vector holds an element
 * that would not be finite, just the others are stored.
 */
final class VectorOptimizers {
  /** What {@link Update#run} returns where every element was updated. */
  private static final long NONE = Long.MAX_VALUE;

  private static final float INFINITY = Float.POSITIVE_INFINITY;

  private VectorOptimizers() {}

  /** What is done with n parameters from byte {@code at} on. */
  private interface Update {
    /** Returns the byte of the first that was left as it was, or {@link #NONE}. */
    long run(long at, int n, float decay);
  }

  /** Skips if the step must be skipped; splits a chunk where the weight decay ends. */
  private static Task update(List<Buffer> in, double weightDecay, long decayed, Update update) {
    Buffer hyper = in.get(2);
    return Tasks.of(
        Cut.elements(in.getFirst().type().size()),
        (chunk, from, to) -> {
          if (Optimizers.isSkipped(hyper)) {
            return;
          }
          long refused = NONE;
          long middle = weightDecay == 0 ? from : Math.clamp(decayed, from, to);
          if (from < middle) {
            refused = update.run(4 * from, (int) (middle - from), (float) weightDecay);
          }
          if (middle < to) {
            refused = Math.min(refused, update.run(4 * middle, (int) (to - middle), 0));
          }
          if (refused != NONE) {
            Optimizers.refuse(in, refused / 4, to);
          }
        });
  }

  /** A step over p, with g, hyper, a refusal, and the velocity if there is momentum. */
  static Task sgd(SgdStep op, List<Buffer> in) {
    MemorySegment ps = in.get(0).segment();
    MemorySegment gs = in.get(1).segment();
    Buffer hyper = in.get(2);
    if (op.momentum() == 0) {
      return update(
          in,
          op.weightDecay(),
          op.decayed(),
          (at, n, decay) -> sgd(ps, gs, at, n, (float) Scratch.get(hyper, 0), decay));
    }
    MemorySegment vs = in.get(4).segment();
    float mu = (float) op.momentum();
    return update(
        in,
        op.weightDecay(),
        op.decayed(),
        (at, n, decay) -> {
          float rate = (float) Scratch.get(hyper, 0);
          return momentum(ps, gs, vs, at, n, decay, mu, rate, op.nesterov());
        });
  }

  private static long sgd(
      MemorySegment p, MemorySegment g, long at, int n, float rate, float decay) {
    FloatVector keep = all(1 - rate * decay);
    long refused = NONE;
    long end = at + 4L * F.loopBound(n);
    long stride = Lanes.stride;
    for (long in = at; in < end; in += stride) {
      FloatVector step = load(g, in).mul(-rate);
      FloatVector fresh = load(p, in).fma(keep, step);
      VectorMask<Float> fine = fresh.abs().lt(INFINITY);
      if (fine.allTrue()) {
        store(fresh, p, in);
      } else {
        store(fresh, p, in, fine);
        refused = Math.min(refused, in + 4L * fine.not().firstTrue());
      }
    }
    if (end < at + 4L * n) {
      VectorMask<Float> mask = rest(F.loopBound(n), n);
      FloatVector step = load(g, end, mask).mul(-rate);
      FloatVector fresh = load(p, end, mask).fma(keep, step);
      VectorMask<Float> fine = fresh.abs().lt(INFINITY);
      store(fresh, p, end, mask.and(fine));
      refused = fine.allTrue() ? refused : Math.min(refused, end + 4L * fine.not().firstTrue());
    }
    return refused;
  }

  /** g ← g + λp, v ← μv + g, p ← p − η (g + μv) or p − ηv. */
  private static long momentum(
      MemorySegment p,
      MemorySegment g,
      MemorySegment v,
      long at,
      int n,
      float decay,
      float mu,
      float rate,
      boolean nesterov) {
    long refused = NONE;
    long end = at + 4L * F.loopBound(n);
    long stride = Lanes.stride;
    for (long in = at; in < end; in += stride) {
      FloatVector old = load(p, in);
      FloatVector gradient = old.fma(all(decay), load(g, in));
      FloatVector velocity = load(v, in).fma(all(mu), gradient);
      FloatVector direction = nesterov ? velocity.fma(all(mu), gradient) : velocity;
      FloatVector fresh = direction.fma(all(-rate), old);
      VectorMask<Float> fine = fresh.abs().lt(INFINITY);
      if (fine.allTrue()) {
        store(velocity, v, in);
        store(fresh, p, in);
      } else {
        store(velocity, v, in, fine);
        store(fresh, p, in, fine);
        refused = Math.min(refused, in + 4L * fine.not().firstTrue());
      }
    }
    if (end < at + 4L * n) {
      VectorMask<Float> mask = rest(F.loopBound(n), n);
      FloatVector old = load(p, end, mask);
      FloatVector gradient = old.fma(all(decay), load(g, end, mask));
      FloatVector velocity = load(v, end, mask).fma(all(mu), gradient);
      FloatVector direction = nesterov ? velocity.fma(all(mu), gradient) : velocity;
      FloatVector fresh = direction.fma(all(-rate), old);
      VectorMask<Float> fine = fresh.abs().lt(INFINITY);
      store(velocity, v, end, mask.and(fine));
      store(fresh, p, end, mask.and(fine));
      refused = fine.allTrue() ? refused : Math.min(refused, end + 4L * fine.not().firstTrue());
    }
    return refused;
  }

  /** A step over p, with g, hyper, a refusal, m and v. */
  static Task adam(AdamStep op, List<Buffer> in) {
    MemorySegment ps = in.get(0).segment();
    MemorySegment gs = in.get(1).segment();
    Buffer hyper = in.get(2);
    MemorySegment ms = in.get(4).segment();
    MemorySegment vs = in.get(5).segment();
    float beta1 = (float) op.beta1();
    float beta2 = (float) op.beta2();
    float rest1 = (float) (1 - op.beta1());
    float rest2 = (float) (1 - op.beta2());
    return update(
        in,
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
          return adam(ps, gs, ms, vs, at, n, beta1, rest1, beta2, rest2, l2, keep, step, epsilon);
        });
  }

  private static long adam(
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
    long refused = NONE;
    long end = at + 4L * F.loopBound(n);
    long stride = Lanes.stride;
    for (long in = at; in < end; in += stride) {
      FloatVector old = load(p, in);
      FloatVector gradient = old.fma(all(l2), load(g, in));
      FloatVector first = load(m, in).fma(all(beta1), gradient.mul(rest1));
      FloatVector second = load(v, in).fma(all(beta2), gradient.mul(gradient).mul(rest2));
      FloatVector fresh = old.mul(keep).sub(first.mul(step).div(second.sqrt().add(epsilon)));
      VectorMask<Float> fine = fresh.abs().lt(INFINITY).and(second.lt(INFINITY));
      if (fine.allTrue()) {
        store(first, m, in);
        store(second, v, in);
        store(fresh, p, in);
      } else {
        store(first, m, in, fine);
        store(second, v, in, fine);
        store(fresh, p, in, fine);
        refused = Math.min(refused, in + 4L * fine.not().firstTrue());
      }
    }
    if (end < at + 4L * n) {
      VectorMask<Float> mask = rest(F.loopBound(n), n);
      FloatVector old = load(p, end, mask);
      FloatVector gradient = old.fma(all(l2), load(g, end, mask));
      FloatVector first = load(m, end, mask).fma(all(beta1), gradient.mul(rest1));
      FloatVector second = load(v, end, mask).fma(all(beta2), gradient.mul(gradient).mul(rest2));
      FloatVector fresh = old.mul(keep).sub(first.mul(step).div(second.sqrt().add(epsilon)));
      VectorMask<Float> fine = fresh.abs().lt(INFINITY).and(second.lt(INFINITY)).or(mask.not());
      store(first, m, end, mask.and(fine));
      store(second, v, end, mask.and(fine));
      store(fresh, p, end, mask.and(fine));
      refused = fine.allTrue() ? refused : Math.min(refused, end + 4L * fine.not().firstTrue());
    }
    return refused;
  }
}
