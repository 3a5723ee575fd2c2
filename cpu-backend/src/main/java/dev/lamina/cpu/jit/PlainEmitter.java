package dev.lamina.cpu.jit;

import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_int;

import dev.lamina.formula.Formula;
import dev.lamina.formula.Kind;
import dev.lamina.formula.Node;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Arrays;

/** Emits a {@link PlainKernel}: one loop over arrays of doubles. */
final class PlainEmitter {
  private static final ClassDesc KERNEL = ClassDesc.of(PlainKernel.class.getName());
  private static final MethodTypeDesc RUN =
      MethodTypeDesc.of(CD_int, CD_double.arrayType(2), CD_double.arrayType(), CD_int);
  private static final int STREAMS = 1;
  private static final int SCALARS = 2;
  private static final int COUNT = 3;

  private final KernelPlan plan;
  private final Formula formula;
  private final boolean[] invariant;
  private CodeBuilder code;
  private DoubleEmitter nodes;
  private int index;

  private PlainEmitter(KernelPlan plan) {
    this.plan = plan;
    formula = plan.code();
    invariant = invariant(formula);
  }

  static byte[] emit(KernelPlan plan, ClassDesc name) {
    PlainEmitter emitter = new PlainEmitter(plan);
    return KernelClass.of(
        name, KERNEL, c -> c.withMethodBody("run", RUN, ClassFile.ACC_PUBLIC, emitter::run));
  }

  private void run(CodeBuilder builder) {
    code = builder;
    nodes = new DoubleEmitter(formula, code);
    int[] arrays = new int[plan.streams().size() + formula.outputs().size()];
    for (int k = 0; k < arrays.length; k++) {
      arrays[k] = code.allocateLocal(TypeKind.REFERENCE);
      code.aload(STREAMS).loadConstant(k).aaload().astore(arrays[k]);
    }
    computeAll(true, arrays);
    skipIfAsked();
    int flags = code.allocateLocal(TypeKind.INT);
    index = code.allocateLocal(TypeKind.INT);
    code.iconst_0().istore(flags).iconst_0().istore(index);
    int[] first = new int[formula.flags().size()];
    for (int k = 0; k < first.length; k++) {
      first[k] = code.allocateLocal(TypeKind.INT);
      code.iconst_m1().istore(first[k]);
    }
    Label top = code.newLabel();
    Label done = code.newLabel();
    code.labelBinding(top).iload(index).iload(COUNT).if_icmpge(done);
    computeAll(false, arrays);
    for (int k = 0; k < formula.outputs().size(); k++) {
      code.aload(arrays[plan.streams().size() + k]).iload(index);
      nodes.push(formula.outputs().get(k).node());
      code.dastore();
    }
    for (int k = 0; k < formula.flags().size(); k++) {
      Label no = code.newLabel();
      nodes.jumpUnless(formula.flags().get(k).test(), no);
      code.iload(flags).loadConstant(1 << k).ior().istore(flags);
      code.iload(first[k]).ifge(no).iload(index).istore(first[k]).labelBinding(no);
    }
    code.iinc(index, 1).goto_(top).labelBinding(done);
    for (int k = 0; k < first.length; k++) {
      code.aload(SCALARS).loadConstant(plan.firstOfFlags() + k).iload(first[k]).i2d().dastore();
    }
    code.iload(flags).ireturn();
  }

  private void computeAll(boolean before, int[] arrays) {
    for (int i = 0; i < invariant.length; i++) {
      if (invariant[i] == before) {
        nodes.compute(i, read -> push(read, arrays));
      }
    }
  }

  private void push(Node.Read read, int[] arrays) {
    switch (formula.inputs().get(read.input()).kind()) {
      case FULL -> code.aload(arrays[read.input()]).iload(index).daload();
      case COLUMN -> scalar(read.input() - plan.streams().size());
      case SINGLE -> scalar(plan.pieces().size() + read.element());
      case ROW -> throw new IllegalArgumentException(read.toString());
    }
  }

  private void scalar(int number) {
    code.aload(SCALARS).loadConstant(number).daload();
  }

  private void skipIfAsked() {
    if (formula.skip() != Formula.NEVER) {
      Label go = code.newLabel();
      nodes.jumpUnless(formula.skip(), go);
      code.loadConstant(VectorKernel.SKIPPED).ireturn().labelBinding(go);
    }
  }

  /** Which nodes are the same for all elements of a run of a kernel. */
  private static boolean[] invariant(Formula formula) {
    boolean[] invariant = new boolean[formula.nodes().size()];
    for (int i = 0; i < invariant.length; i++) {
      Node node = formula.nodes().get(i);
      invariant[i] =
          node instanceof Node.Read read
              ? formula.inputs().get(read.input()).kind() != Kind.FULL
              : Arrays.stream(node.operands()).allMatch(o -> invariant[o]);
    }
    return invariant;
  }
}
