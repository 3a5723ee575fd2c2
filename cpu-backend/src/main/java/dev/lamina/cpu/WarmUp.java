package dev.lamina.cpu;

import dev.lamina.cpu.jit.KernelCache;
import dev.lamina.cpu.jit.KernelPlan;
import dev.lamina.cpu.jit.Layout;
import dev.lamina.formula.Formula;
import dev.lamina.formula.FormulaBuilder;
import dev.lamina.type.DType;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Makes the first kernel of a process beside what its main thread does, which is reading data: the
 * first one takes a tenth of a second or two, for the classes that make classes, later ones some
 * milliseconds.
 */
final class WarmUp {
  private static final AtomicBoolean STARTED = new AtomicBoolean();

  private WarmUp() {}

  /** Starts once in a process, and returns at once. */
  static void start(boolean vectors) {
    if (STARTED.compareAndSet(false, true)) {
      Thread.ofPlatform().daemon().name("lamina-formulas").start(() -> makeKernel(vectors));
    }
  }

  private static void makeKernel(boolean vectors) {
    FormulaBuilder f = new FormulaBuilder();
    f.output(f.full(DType.FP32).exp().times(f.single(DType.FP64)), DType.FP32);
    Formula formula = f.build();
    KernelPlan plan = KernelPlan.of(formula, false, vectors);
    if (vectors) {
      KernelCache.vector(plan, new Layout(List.of(0, 1), List.of(true, true)));
    } else {
      KernelCache.plain(plan);
    }
  }
}
