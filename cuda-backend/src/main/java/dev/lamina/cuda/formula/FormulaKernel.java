package dev.lamina.cuda.formula;

import dev.lamina.formula.Formula;
import dev.lamina.natives.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The kernel of a formula.
 *
 * @param name its name, {@code formula_} and 16 digits of the SHA-256 of its source; the same for
 *     all formulas that differ in constants only
 * @param source a translation unit of CUDA C that includes {@code formula.cuh}
 * @param constants the values of its parameters {@code double c0, c1, ...}
 * @param limits the values of its parameters {@code idx end0, end1, ...}
 * @param group how many elements a thread takes at once
 */
public record FormulaKernel(
    String name, String source, List<Double> constants, List<Long> limits, int group) {
  private static final String UNNAMED = "formula_";
  private static final int DIGITS = 16;

  /** The kernel of this formula. */
  public static FormulaKernel of(Formula formula) {
    Skeleton skeleton = Skeleton.of(formula);
    byte[] unnamed = KernelSource.print(skeleton, UNNAMED).getBytes(StandardCharsets.UTF_8);
    String name = UNNAMED + Sha256.of(unnamed).substring(0, DIGITS);
    return new FormulaKernel(
        name,
        KernelSource.print(skeleton, name),
        skeleton.constants(),
        skeleton.limits(),
        KernelSource.group(skeleton.formula()));
  }
}
