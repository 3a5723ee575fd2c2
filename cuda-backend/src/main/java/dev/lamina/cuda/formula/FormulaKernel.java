package dev.lamina.cuda.formula;

import dev.lamina.formula.Formula;
import dev.lamina.natives.Sha256;
import dev.lamina.type.DType;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The kernel of a formula.
 *
 * @param formula for messages
 * @param name {@code formula_}, 16 digits of the SHA-256 of its source, and the type that it
 *     computes in; the same for all formulas that differ in numbers only
 * @param function it as a function of CUDA C
 * @param parameters its last parameters, after the operands and the extents
 * @param group how many elements a thread takes at once
 * @param module the resource that has it compiled; empty if it must be compiled
 */
public record FormulaKernel(
    Formula formula,
    String name,
    String function,
    List<Parameter> parameters,
    int group,
    Optional<String> module) {
  /** What comes before functions in a translation unit. */
  static final String INCLUDES = "#include \"formula.cuh\"\n\n";

  private static final String UNNAMED = "formula_";
  private static final int DIGITS = 16;

  /** Those used last: eager operations ask for the same ones again and again. */
  private static final Map<Formula, FormulaKernel> KEPT =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final int MOST = 1024;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Formula, FormulaKernel> eldest) {
          return size() > MOST;
        }
      };

  /** The kernel of this formula. */
  public static FormulaKernel of(Formula formula) {
    synchronized (KEPT) {
      return KEPT.computeIfAbsent(formula, FormulaKernel::print);
    }
  }

  private static FormulaKernel print(Formula formula) {
    Skeleton skeleton = Skeleton.of(formula);
    byte[] unnamed = KernelSource.print(skeleton, UNNAMED).getBytes(StandardCharsets.UTF_8);
    String type = skeleton.formula().computeType() == DType.FP64 ? "_f64" : "_f32";
    String name = UNNAMED + Sha256.of(unnamed).substring(0, DIGITS) + type;
    return new FormulaKernel(
        formula,
        name,
        KernelSource.print(skeleton, name),
        skeleton.parameters(),
        KernelSource.group(skeleton.formula()),
        ShippedIndex.module(name));
  }

  /** A translation unit of it alone. */
  public String source() {
    return INCLUDES + function;
  }
}
