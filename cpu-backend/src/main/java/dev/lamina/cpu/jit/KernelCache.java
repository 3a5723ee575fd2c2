package dev.lamina.cpu.jit;

import dev.lamina.LaminaException;
import dev.lamina.formula.Formula;
import java.io.IOException;
import java.lang.constant.ClassDesc;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The kernels made so far in this process, by the formulas that they are made of: a kernel costs
 * some milliseconds to make, and thousands of runs until the JIT compiler has made it fast, so all
 * backends share them.
 *
 * <p>The system property {@value #DUMP} names a folder into which each class is written beside a
 * text of its formula, one node in a line: the lines that stack traces and profilers show.
 */
public final class KernelCache {
  /** The system property that names the folder. */
  public static final String DUMP = "lamina.cpu.dump";

  static final String SOURCE = "formula.txt";

  private static final Map<VectorKey, VectorKernel> VECTOR = new ConcurrentHashMap<>();
  private static final Map<Formula, PlainKernel> PLAIN = new ConcurrentHashMap<>();

  /** Formulas with numbers in them may come without end; after so many plans all are forgotten. */
  private static final int MOST_PLANS = 4096;

  private static final Map<PlanKey, KernelPlan> PLANS = new ConcurrentHashMap<>();

  private record PlanKey(Formula formula, boolean expanded, boolean drawing) {}

  private record VectorKey(Formula code, Layout layout) {}

  private KernelCache() {}

  /** {@link KernelPlan#of}, once for a formula that comes again. */
  public static KernelPlan plan(Formula formula, boolean expanded, boolean drawing) {
    PlanKey key = new PlanKey(formula, expanded, drawing);
    KernelPlan known = PLANS.get(key);
    if (known == null) {
      if (PLANS.size() >= MOST_PLANS) {
        PLANS.clear();
      }
      known = KernelPlan.of(formula, expanded, drawing);
      PLANS.put(key, known);
    }
    return known;
  }

  /** Whether {@link #vector} takes a plan. */
  public static boolean inVectors(KernelPlan plan) {
    return FloatLowering.supports(plan.code());
  }

  /** A plan's kernel on the Vector API. */
  public static VectorKernel vector(KernelPlan plan, Layout layout) {
    return VECTOR.computeIfAbsent(
        new VectorKey(plan.code(), layout),
        key -> {
          ClassDesc name = name("VectorFormula");
          return (VectorKernel)
              define("VectorFormula", key.code(), VectorEmitter.emit(plan, layout, name));
        });
  }

  /** A plan's kernel in plain Java. */
  public static PlainKernel plain(KernelPlan plan) {
    return PLAIN.computeIfAbsent(
        plan.code(),
        code ->
            (PlainKernel)
                define("PlainFormula", code, PlainEmitter.emit(plan, name("PlainFormula"))));
  }

  private static ClassDesc name(String simple) {
    return ClassDesc.of(KernelCache.class.getPackageName(), simple);
  }

  private static Object define(String kind, Formula code, byte[] bytes) {
    dump(kind, code, bytes);
    try {
      return MethodHandles.lookup()
          .defineHiddenClass(bytes, true)
          .lookupClass()
          .getDeclaredConstructor()
          .newInstance();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("code for " + code, e);
    }
  }

  private static void dump(String kind, Formula code, byte[] bytes) {
    String folder = System.getProperty(DUMP);
    if (folder == null) {
      return;
    }
    StringBuilder lines = new StringBuilder();
    code.nodes().forEach(node -> lines.append(node).append('\n'));
    String name = kind + "-" + Integer.toHexString(code.hashCode());
    try {
      Path path = Files.createDirectories(Path.of(folder));
      Files.write(path.resolve(name + ".class"), bytes);
      Files.writeString(path.resolve(name + ".txt"), lines + "\n" + code + "\n");
    } catch (IOException e) {
      throw new LaminaException(
          "system property " + DUMP + ": cannot write to " + folder + ": " + e.getMessage(), e);
    }
  }
}
