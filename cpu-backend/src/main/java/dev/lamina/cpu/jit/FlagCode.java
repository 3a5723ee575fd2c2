package dev.lamina.cpu.jit;

import dev.lamina.formula.Flag;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Emits what becomes of the flags in one method of a {@link VectorKernel}. Where the first element
 * that raises a flag is asked for, each vector is tested; else a vector collects which lanes did.
 */
final class FlagCode {
  private final VectorBody body;
  private final CodeBuilder code;
  private final KernelPlan plan;
  private final List<Flag> flags;

  /** For each condition one of its flags. */
  private final Map<Integer, Integer> tests = new LinkedHashMap<>();

  /** For each condition that is tested at once, the variable of the first element or -1. */
  private final Map<Integer, Integer> firsts = new LinkedHashMap<>();

  /** For each other condition, the variable of a vector that becomes 1 where it is true. */
  private final Map<Integer, Integer> collected = new LinkedHashMap<>();

  /**
   * Begins: the flags have not been raised.
   *
   * @param tested whether all flags are tested at once
   */
  FlagCode(VectorBody body, KernelPlan plan, boolean tested) {
    this.body = body;
    this.plan = plan;
    code = body.code;
    flags = plan.code().flags();
    for (int k = 0; k < flags.size(); k++) {
      tests.putIfAbsent(flags.get(k).test(), k);
    }
    for (int test : tests.keySet()) {
      if (tested || flags.stream().anyMatch(f -> f.test() == test && f.isRest())) {
        firsts.put(test, code.allocateLocal(TypeKind.INT));
        code.iconst_m1().istore(firsts.get(test));
      } else {
        collected.put(test, code.allocateLocal(TypeKind.REFERENCE));
        code.getstatic(VectorBody.SPECIES, "F", VectorCode.SPECIES).fconst_0();
        body.vectors.broadcast();
        code.astore(collected.get(test));
      }
    }
  }

  /**
   * After a vector of elements has been computed.
   *
   * @param mask the local variable of the lanes that count, -1 for all
   */
  void add(int mask) {
    tests.forEach((test, flag) -> {
      if (collected.containsKey(test)) {
        code.aload(collected.get(test)).fconst_1();
        body.pushFlag(flag);
        body.vectors.blendNumber();
        code.astore(collected.get(test));
      } else {
        int raised = code.allocateLocal(TypeKind.REFERENCE);
        Label no = code.newLabel();
        body.pushFlag(flag);
        if (mask >= 0) {
          code.aload(mask);
          body.vectors.bothMasks();
        }
        code.astore(raised).aload(raised);
        body.vectors.anyTrue();
        code.ifeq(no).iload(firsts.get(test)).ifge(no);
        code.lload(body.passed).iconst_2().lushr().l2i().aload(raised);
        body.vectors.firstTrue();
        code.iadd().istore(firsts.get(test)).labelBinding(no);
      }
    });
  }

  /** Adds a bit for each flag that was raised to a local variable; tells the first elements. */
  void end(int bits) {
    tests.forEach((test, _) -> {
      Label no = code.newLabel();
      if (collected.containsKey(test)) {
        code.aload(collected.get(test));
        body.vectors.largest();
        code.fconst_0().fcmpl().ifle(no);
      } else {
        code.iload(firsts.get(test)).iflt(no);
      }
      int raised = 0;
      for (int k = 0; k < flags.size(); k++) {
        if (flags.get(k).test() == test) {
          raised |= 1 << k;
          if (flags.get(k).isRest()) {
            code.aload(body.scalars).loadConstant(plan.firstOfFlags() + k);
            code.iload(firsts.get(test)).i2d().dastore();
          }
        }
      }
      code.iload(bits).loadConstant(raised).ior().istore(bits).labelBinding(no);
    });
  }
}
