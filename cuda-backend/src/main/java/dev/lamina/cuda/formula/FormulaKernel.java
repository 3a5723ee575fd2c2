package dev.lamina.cuda.formula;

import dev.lamina.formula.Formula;
import dev.lamina.natives.Sha256;
import dev.lamina.type.DType;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The kernel of a formula.
 *
 * @param name {@code formula_}, 16 digits of the SHA-256 of its source, and {@code _f64} if it
 *     computes in double; the same for all formulas that differ in numbers only
 * @param function it as a function of CUDA C
 * @param parameters its last parameters, after the operands and the extents
 * @param group how many elements a thread takes at once
 */
public record FormulaKernel(String name, String function, List<Parameter> parameters, int group) {
  private static final String UNNAMED = "formula_";
  private static final int DIGITS = 16;

  /** What comes before functions in a translation unit. */
  static final String INCLUDES = "#include \"formula.cuh\"\n\n";

  /** The kernel of this formula. */
  public static FormulaKernel of(Formula formula) {
    Skeleton skeleton = Skeleton.of(formula);
    byte[] unnamed = KernelSource.print(skeleton, UNNAMED).getBytes(StandardCharsets.UTF_8);
    String type = skeleton.formula().computeType() == DType.FP64 ? "_f64" : "_f32";
    String name = UNNAMED + Sha256.of(unnamed).substring(0, DIGITS) + type;
    return new FormulaKernel(
        name,
        KernelSource.print(skeleton, name),
        skeleton.parameters(),
        KernelSource.group(skeleton.formula()));
  }

  /** A translation unit of it alone. */
  public String source() {
    return INCLUDES + function;
  }
}
