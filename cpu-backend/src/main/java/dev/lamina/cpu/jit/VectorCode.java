package dev.lamina.cpu.jit;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/** Calls of the Vector API; operands lie on the stack, and so does the result. */
final class VectorCode {
  private static final String API = "jdk.incubator.vector.";
  static final ClassDesc SPECIES = ClassDesc.of(API + "VectorSpecies");
  private static final ClassDesc FLOATS = ClassDesc.of(API + "FloatVector");
  private static final ClassDesc INTS = ClassDesc.of(API + "IntVector");
  private static final ClassDesc VECTOR = ClassDesc.of(API + "Vector");
  private static final ClassDesc MASK = ClassDesc.of(API + "VectorMask");
  private static final ClassDesc OPERATORS = ClassDesc.of(API + "VectorOperators");
  private static final ClassDesc COMPARISON = OPERATORS.nested("Comparison");
  private static final ClassDesc BINARY = OPERATORS.nested("Binary");
  private static final ClassDesc ASSOCIATIVE = OPERATORS.nested("Associative");
  private static final ClassDesc CONVERSION = OPERATORS.nested("Conversion");
  private static final ClassDesc SEGMENT = ClassDesc.of("java.lang.foreign.MemorySegment");
  private static final ClassDesc ORDER = ClassDesc.of("java.nio.ByteOrder");
  private static final ClassDesc OURS = ClassDesc.of(Species.class.getName());

  private final CodeBuilder code;

  VectorCode(CodeBuilder code) {
    this.code = code;
  }

  private void order() {
    code.getstatic(OURS, "ORDER", ORDER);
  }

  /** A vector at a place. */
  void load(int mask) {
    order();
    if (mask < 0) {
      code.invokestatic(
          FLOATS, "fromMemorySegment", MethodTypeDesc.of(FLOATS, SPECIES, SEGMENT, CD_long, ORDER));
    } else {
      code.aload(mask)
          .invokestatic(
              FLOATS,
              "fromMemorySegment",
              MethodTypeDesc.of(FLOATS, SPECIES, SEGMENT, CD_long, ORDER, MASK));
    }
  }

  /** Stores the vector before a place. */
  void store(int mask) {
    order();
    if (mask < 0) {
      code.invokevirtual(
          FLOATS, "intoMemorySegment", MethodTypeDesc.of(CD_void, SEGMENT, CD_long, ORDER));
    } else {
      code.aload(mask)
          .invokevirtual(
              FLOATS,
              "intoMemorySegment",
              MethodTypeDesc.of(CD_void, SEGMENT, CD_long, ORDER, MASK));
    }
  }

  /** Of a species and a float. */
  void broadcast() {
    code.invokestatic(FLOATS, "broadcast", MethodTypeDesc.of(FLOATS, SPECIES, CD_float));
  }

  /** Of a vector, the one to take instead, and the mask where. */
  void select() {
    code.invokevirtual(FLOATS, "blend", MethodTypeDesc.of(FLOATS, VECTOR, MASK));
  }

  /** Of a vector, the number to take instead, and the mask where. */
  void blendNumber() {
    code.invokevirtual(FLOATS, "blend", MethodTypeDesc.of(FLOATS, CD_float, MASK));
  }

  void largest() {
    code.getstatic(OPERATORS, "MAX", ASSOCIATIVE)
        .invokevirtual(FLOATS, "reduceLanes", MethodTypeDesc.of(CD_float, ASSOCIATIVE));
  }

  /** Of a species, an index and an end: the lanes before the end. */
  void indexInRange() {
    code.invokeinterface(SPECIES, "indexInRange", MethodTypeDesc.of(MASK, CD_int, CD_int));
  }

  void bothMasks() {
    code.invokevirtual(MASK, "and", MethodTypeDesc.of(MASK, MASK));
  }

  void anyTrue() {
    code.invokevirtual(MASK, "anyTrue", MethodTypeDesc.of(CD_boolean));
  }

  void firstTrue() {
    code.invokevirtual(MASK, "firstTrue", MethodTypeDesc.of(CD_int));
  }

  /** An operation whose operands lie on the stack in order. */
  void apply(Instruction instruction) {
    int bits = instruction.bits();
    switch (instruction.opcode()) {
      case ADD -> binary("add");
      case SUB -> binary("sub");
      case MUL -> binary("mul");
      case DIV -> binary("div");
      case MIN -> binary("min");
      case MAX -> binary("max");
      case FMA -> code.invokevirtual(FLOATS, "fma", MethodTypeDesc.of(FLOATS, VECTOR, VECTOR));
      case NEG -> unary("neg");
      case ABS -> unary("abs");
      case SQRT -> unary("sqrt");
      case LT, LE, EQ, NE -> compare(instruction.opcode().name());
      case BITS -> code.invokevirtual(FLOATS, "reinterpretAsInts", MethodTypeDesc.of(INTS));
      case FLOAT -> code.invokevirtual(INTS, "reinterpretAsFloats", MethodTypeDesc.of(FLOATS));
      case IADD -> code.invokevirtual(INTS, "add", MethodTypeDesc.of(INTS, VECTOR));
      case ISUB -> code.invokevirtual(INTS, "sub", MethodTypeDesc.of(INTS, VECTOR));
      case IADD_CONSTANT -> ints("add", bits);
      case ISUB_CONSTANT -> ints("sub", bits);
      case IAND_CONSTANT -> ints("and", bits);
      case SHIFT_LEFT -> shift("LSHL", bits);
      case SHIFT_RIGHT -> shift("ASHR", bits);
      case SHIFT_RIGHT_LOGICAL -> shift("LSHR", bits);
      case TO_FLOAT -> convert("I2F", INTS, FLOATS);
      case TO_INT -> convert("F2I", FLOATS, INTS);
      case STREAM, RANDOM, SCALAR, CONSTANT, SELECT ->
          throw new IllegalArgumentException(instruction.toString());
    }
  }

  private void unary(String method) {
    code.invokevirtual(FLOATS, method, MethodTypeDesc.of(FLOATS));
  }

  private void binary(String method) {
    code.invokevirtual(FLOATS, method, MethodTypeDesc.of(FLOATS, VECTOR));
  }

  private void compare(String operator) {
    // The operator stands between the operands.
    int b = code.allocateLocal(TypeKind.REFERENCE);
    code.astore(b).getstatic(OPERATORS, operator, COMPARISON).aload(b);
    code.invokevirtual(FLOATS, "compare", MethodTypeDesc.of(MASK, COMPARISON, VECTOR));
  }

  private void ints(String method, int operand) {
    code.loadConstant(operand).invokevirtual(INTS, method, MethodTypeDesc.of(INTS, CD_int));
  }

  private void shift(String operator, int by) {
    code.getstatic(OPERATORS, operator, BINARY)
        .loadConstant(by)
        .invokevirtual(INTS, "lanewise", MethodTypeDesc.of(INTS, BINARY, CD_int));
  }

  private void convert(String conversion, ClassDesc from, ClassDesc to) {
    code.getstatic(OPERATORS, conversion, CONVERSION)
        .iconst_0()
        .invokevirtual(from, "convert", MethodTypeDesc.of(VECTOR, CONVERSION, CD_int))
        .checkcast(to);
  }
}
