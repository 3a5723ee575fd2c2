package dev.lamina.cpu;

import dev.lamina.cpu.jit.KernelCache;
import dev.lamina.cpu.jit.Split;
import dev.lamina.formula.Formula;
import dev.lamina.formula.Kind;
import dev.lamina.formula.Node;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What tasks want to know of a formula, found out once: the same one runs again and again, and a
 * small operation takes no longer than this would.
 *
 * @param split its halves if it is too long for one task, else null
 * @param repeats whether what is read depends on the place in the row or on the row
 * @param draws whether random numbers are drawn
 * @param inVectors whether the Vector API has all that it takes
 */
record FormulaFacts(Split split, boolean repeats, boolean draws, boolean inVectors) {
  /** Formulas with numbers in them may come without end; after so many all are forgotten. */
  private static final int MOST = 4096;

  private static final ConcurrentHashMap<Formula, FormulaFacts> KNOWN = new ConcurrentHashMap<>();

  static FormulaFacts of(Formula formula) {
    FormulaFacts known = KNOWN.get(formula);
    if (known == null) {
      if (KNOWN.size() >= MOST) {
        KNOWN.clear();
      }
      known = found(formula);
      KNOWN.put(formula, known);
    }
    return known;
  }

  private static FormulaFacts found(Formula formula) {
    boolean draws = formula.nodes().stream().anyMatch(Node.Uniform.class::isInstance);
    // Random numbers are drawn in groups, which a condition on the position might cut.
    boolean cut = draws && formula.nodes().stream().anyMatch(Node.Before.class::isInstance);
    return new FormulaFacts(
        Split.of(formula),
        repeats(formula),
        draws,
        !cut && KernelCache.inVectors(KernelCache.plan(formula, false, true)));
  }

  private static boolean repeats(Formula formula) {
    return formula.inputs().stream().anyMatch(i -> i.kind() == Kind.ROW || i.kind() == Kind.COLUMN)
        || formula.nodes().stream()
            .anyMatch(n -> n instanceof Node.Position p && p.axis() != Node.Axis.ELEMENT);
  }
}
