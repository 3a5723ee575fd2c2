package dev.lamina.cpu;

import dev.lamina.formula.Condition;
import dev.lamina.formula.Expr;
import dev.lamina.formula.Formula;
import dev.lamina.formula.FormulaBuilder;
import dev.lamina.op.AdamStep;
import dev.lamina.op.Op;
import dev.lamina.op.SgdStep;
import dev.lamina.type.DType;

/** The optimizers' steps as formulas over p, g, hyper, the moments and the BF16 copy. */
final class OptimizerFormulas {
  private final FormulaBuilder f = new FormulaBuilder();
  private final DType dtype;
  private final Expr p;
  private final Expr g;
  private final int hyper;

  private OptimizerFormulas(DType dtype) {
    this.dtype = dtype;
    p = f.full(dtype);
    g = f.full(dtype);
    hyper = f.singles(DType.FP64, 4);
    f.skipIf(f.read(hyper, 3).notEqualTo(0));
  }

  /** The operation's formula for parameters of this type; null if it is not an optimizer's. */
  static Formula of(Op op, DType dtype) {
    return switch (op) {
      case AdamStep o -> new OptimizerFormulas(dtype).adam(o);
      case SgdStep o -> new OptimizerFormulas(dtype).sgd(o);
      default -> null;
    };
  }

  private Expr rate() {
    return f.read(hyper, 0);
  }

  /** {@code inside} for the elements that decay, {@code outside} for the others. */
  private Expr decaying(double decay, long decayed, Expr inside, double outside) {
    if (decay == 0 || decayed == 0) {
      return f.constant(outside);
    }
    Condition within = f.before(decayed);
    return within.select(inside, outside);
  }

  private Formula adam(AdamStep o) {
    Expr m = f.full(dtype);
    Expr v = f.full(dtype);
    double l2 = o.decoupled() ? 0 : o.weightDecay();
    double shrink = o.decoupled() ? o.weightDecay() : 0;
    Expr gradient = p.fma(decaying(l2, o.decayed(), f.constant(l2), 0), g);
    Expr first = m.fma(f.constant(o.beta1()), gradient.times(1 - o.beta1()));
    Expr second = v.fma(f.constant(o.beta2()), gradient.times(gradient).times(1 - o.beta2()));
    // η (m / c1) / (√(v / c2) + ε) = (η √c2 / c1) m / (√v + ε √c2)
    Expr root = f.read(hyper, 2).sqrt();
    Expr step = rate().times(root).dividedBy(f.read(hyper, 1));
    Expr epsilon = root.times(o.epsilon());
    Expr keep =
        decaying(shrink, o.decayed(), f.constant(1).minus(rate().times(o.weightDecay())), 1);
    Expr next = p.times(keep).minus(first.times(step).dividedBy(second.sqrt().plus(epsilon)));
    f.update(m, first);
    f.update(v, second);
    return updated(next, o.copied());
  }

  /** g ← g + λp, v ← μv + g, p ← p − η (g + μv) or p − ηv; p ← (1 − ηλ)p − ηg without momentum. */
  private Formula sgd(SgdStep o) {
    if (o.momentum() == 0) {
      Expr shrunk = f.constant(1).minus(rate().times(o.weightDecay()));
      Expr keep = decaying(o.weightDecay(), o.decayed(), shrunk, 1);
      return updated(p.fma(keep, g.times(rate().negate())), o.copied());
    }
    Expr v = f.full(dtype);
    Expr mu = f.constant(o.momentum());
    Expr decay = decaying(o.weightDecay(), o.decayed(), f.constant(o.weightDecay()), 0);
    Expr gradient = p.fma(decay, g);
    Expr velocity = v.fma(mu, gradient);
    Expr direction = o.nesterov() ? velocity.fma(mu, gradient) : velocity;
    f.update(v, velocity);
    return updated(direction.fma(rate().negate(), p), o.copied());
  }

  private Formula updated(Expr next, boolean copied) {
    f.update(p, next);
    if (copied) {
      f.update(f.full(DType.BF16), next.round(dtype));
    }
    return f.build();
  }
}
