package dev.lamina.cpu.jit;

import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_short;

import dev.lamina.formula.BinaryFunction;
import dev.lamina.formula.Formula;
import dev.lamina.formula.Node;
import dev.lamina.formula.UnaryFunction;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/** Emits nodes of a formula as arithmetic on doubles; each number is kept in a local variable. */
final class DoubleEmitter {
  private static final ClassDesc MATH = ClassDesc.of("java.lang.Math");
  private static final ClassDesc DOUBLE = ClassDesc.of("java.lang.Double");
  private static final ClassDesc FUNCTION = ClassDesc.of(UnaryFunction.class.getName());
  private static final ClassDesc BINARY = ClassDesc.of(BinaryFunction.class.getName());
  private static final ClassDesc BF16 = ClassDesc.of("dev.lamina.type.BFloat16");
  private static final MethodTypeDesc OF_ONE = MethodTypeDesc.of(CD_double, CD_double);
  private static final MethodTypeDesc OF_TWO = MethodTypeDesc.of(CD_double, CD_double, CD_double);

  private final Formula formula;
  private final CodeBuilder code;
  private final int[] slots;

  DoubleEmitter(Formula formula, CodeBuilder code) {
    this.formula = formula;
    this.code = code;
    slots = new int[formula.nodes().size()];
  }

  /** How the number of a read is put on the stack. */
  @FunctionalInterface
  interface Reader {
    void push(Node.Read read);
  }

  /** Computes a node whose operands have been computed, and keeps it. */
  void compute(int i, Reader reader) {
    Node node = formula.nodes().get(i);
    if (node.isCondition() || node instanceof Node.Constant) {
      return; // part of the code that takes it
    }
    code.lineNumber(i + 1);
    switch (node) {
      case Node.Read n -> reader.push(n);
      case Node.Unary n -> {
        push(n.x());
        unary(n.function());
      }
      case Node.Binary n -> {
        push(n.a());
        push(n.b());
        binary(n.function());
      }
      case Node.Fma n -> {
        push(n.a());
        push(n.b());
        push(n.c());
        code.invokestatic(
            MATH, "fma", MethodTypeDesc.of(CD_double, CD_double, CD_double, CD_double));
      }
      case Node.Select n -> select(n);
      case Node.Round n -> {
        push(n.x());
        round(n);
      }
      case Node n -> throw new IllegalArgumentException(n + " is not part of a kernel's code");
    }
    slots[i] = code.allocateLocal(TypeKind.DOUBLE);
    code.dstore(slots[i]);
  }

  /** Puts a computed number on the stack. */
  void push(int node) {
    if (formula.nodes().get(node) instanceof Node.Constant(double value)) {
      code.loadConstant(value);
    } else {
      code.dload(slots[node]);
    }
  }

  /** Jumps where a condition does not hold. */
  void jumpUnless(int condition, Label target) {
    Node.Compare n = (Node.Compare) formula.nodes().get(condition);
    push(n.a());
    push(n.b());
    switch (n.comparison()) { // NaN must jump, but for NOT_EQUAL
      case LESS -> code.dcmpg().ifge(target);
      case LESS_EQUAL -> code.dcmpg().ifgt(target);
      case EQUAL -> code.dcmpg().ifne(target);
      case NOT_EQUAL -> code.dcmpg().ifeq(target);
    }
  }

  /** By their bits, because the JIT compiler chooses between integers without a jump. */
  private void select(Node.Select n) {
    Label other = code.newLabel();
    Label end = code.newLabel();
    int a = bits(n.a());
    int b = bits(n.b());
    jumpUnless(n.test(), other);
    code.lload(a).goto_(end).labelBinding(other).lload(b).labelBinding(end);
    code.invokestatic(DOUBLE, "longBitsToDouble", MethodTypeDesc.of(CD_double, CD_long));
  }

  private int bits(int node) {
    push(node);
    code.invokestatic(DOUBLE, "doubleToRawLongBits", MethodTypeDesc.of(CD_long, CD_double));
    int slot = code.allocateLocal(TypeKind.LONG);
    code.lstore(slot);
    return slot;
  }

  private void unary(UnaryFunction f) {
    switch (f) {
      case NEGATE -> code.dneg();
      case ABS -> math("abs");
      case SIGN -> math("signum");
      case FLOOR -> math("floor");
      case SQRT -> math("sqrt");
      case RSQRT -> {
        math("sqrt");
        int root = code.allocateLocal(TypeKind.DOUBLE);
        code.dstore(root).dconst_1().dload(root).ddiv();
      }
      case EXP -> math("exp");
      case EXPM1 -> math("expm1");
      case LOG -> math("log");
      case LOG1P -> math("log1p");
      case TANH -> math("tanh");
      case SIGMOID -> { // 1 / (1 + e^-x), which is exact at both ends
        code.dneg();
        math("exp");
        code.dconst_1().dadd();
        int sum = code.allocateLocal(TypeKind.DOUBLE);
        code.dstore(sum).dconst_1().dload(sum).ddiv();
      }
      case ERF -> byFormula(FUNCTION, f.name(), OF_ONE);
    }
  }

  /** Calls the function's own evaluation, which takes the operands before it on the stack. */
  private void byFormula(ClassDesc type, String name, MethodTypeDesc descriptor) {
    boolean two = descriptor.parameterCount() == 2;
    int b = two ? code.allocateLocal(TypeKind.DOUBLE) : -1;
    if (two) {
      code.dstore(b);
    }
    int a = code.allocateLocal(TypeKind.DOUBLE);
    code.dstore(a).getstatic(type, name, type).dload(a);
    if (two) {
      code.dload(b);
    }
    code.invokevirtual(type, "value", descriptor);
  }

  private void math(String name) {
    code.invokestatic(MATH, name, OF_ONE);
  }

  private void binary(BinaryFunction f) {
    switch (f) {
      case ADD -> code.dadd();
      case SUBTRACT -> code.dsub();
      case MULTIPLY -> code.dmul();
      case DIVIDE -> code.ddiv();
      case MINIMUM -> code.invokestatic(MATH, "min", OF_TWO);
      case MAXIMUM -> code.invokestatic(MATH, "max", OF_TWO);
      case POWER -> byFormula(BINARY, f.name(), OF_TWO);
    }
  }

  private void round(Node.Round n) {
    switch (n.to()) {
      case FP64 -> {}
      case FP32 -> code.d2f().f2d();
      case BF16 ->
          code.invokestatic(BF16, "of", MethodTypeDesc.of(CD_short, CD_double))
              .invokestatic(BF16, "toFloat", MethodTypeDesc.of(CD_float, CD_short))
              .f2d();
      case INT32 -> code.d2i().i2d();
      case UINT8 ->
          code.d2i()
              .loadConstant(0)
              .invokestatic(MATH, "max", MethodTypeDesc.of(CD_int, CD_int, CD_int))
              .loadConstant(255)
              .invokestatic(MATH, "min", MethodTypeDesc.of(CD_int, CD_int, CD_int))
              .i2d();
    }
  }
}
