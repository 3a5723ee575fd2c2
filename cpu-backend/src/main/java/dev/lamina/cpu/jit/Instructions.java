package dev.lamina.cpu.jit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A list of instructions under construction, in which no two are equal. */
final class Instructions {
  private final List<Instruction> list = new ArrayList<>();
  private final Map<Instruction, Integer> numbers = new HashMap<>();
  private final List<Integer> origins = new ArrayList<>();
  private int origin;

  List<Instruction> list() {
    return List.copyOf(list);
  }

  /** For each instruction the node of the formula that it is for. */
  int[] origins() {
    return origins.stream().mapToInt(Integer::intValue).toArray();
  }

  /** For which node of the formula the following instructions are. */
  void origin(int node) {
    origin = node;
  }

  /** For each instruction whether it makes the same for all elements. */
  boolean[] invariant() {
    boolean[] invariant = new boolean[list.size()];
    for (int i = 0; i < invariant.length; i++) {
      Opcode opcode = list.get(i).opcode();
      invariant[i] = opcode != Opcode.STREAM && opcode != Opcode.RANDOM;
      for (int operand : list.get(i).operands()) {
        invariant[i] &= invariant[operand];
      }
    }
    return invariant;
  }

  private int add(Instruction instruction) {
    Integer old = numbers.putIfAbsent(instruction, list.size());
    if (old != null) {
      return old;
    }
    list.add(instruction);
    origins.add(origin);
    return list.size() - 1;
  }

  int leaf(Opcode opcode, int bits) {
    return add(new Instruction(opcode, -1, -1, -1, bits));
  }

  int constant(float value) {
    return leaf(Opcode.CONSTANT, Float.floatToRawIntBits(value));
  }

  int of(Opcode opcode, int a) {
    return add(new Instruction(opcode, a, -1, -1));
  }

  int of(Opcode opcode, int a, int b) {
    return add(new Instruction(opcode, a, b, -1));
  }

  int of(Opcode opcode, int a, int b, int c) {
    return add(new Instruction(opcode, a, b, c));
  }

  /** An operation on integers whose second operand is a constant. */
  int ints(Opcode opcode, int a, int constant) {
    return add(new Instruction(opcode, a, -1, -1, constant));
  }

  int add(int a, int b) {
    return of(Opcode.ADD, a, b);
  }

  int sub(int a, int b) {
    return of(Opcode.SUB, a, b);
  }

  int mul(int a, int b) {
    return of(Opcode.MUL, a, b);
  }

  int div(int a, int b) {
    return of(Opcode.DIV, a, b);
  }

  int fma(int a, int b, int c) {
    return of(Opcode.FMA, a, b, c);
  }

  int fma(int a, float b, float c) {
    return fma(a, constant(b), constant(c));
  }

  int fma(int a, int b, float c) {
    return fma(a, b, constant(c));
  }

  int abs(int x) {
    Instruction of = list.get(x);
    return of(Opcode.ABS, of.opcode() == Opcode.NEG ? of.a() : x);
  }

  int neg(int x) {
    return of(Opcode.NEG, x);
  }

  int select(int test, int a, int b) {
    return of(Opcode.SELECT, test, a, b);
  }

  /** {@code value} where x is less than a bound, else {@code other}. */
  int whereLess(int x, float bound, int value, int other) {
    return select(of(Opcode.LT, x, constant(bound)), value, other);
  }

  /** {@code value} where x is greater than a bound, else {@code other}. */
  int whereGreater(int x, float bound, int value, int other) {
    return select(of(Opcode.LT, constant(bound), x), value, other);
  }

  /** A polynomial, the highest coefficient first. */
  int polynomial(int x, float... coefficients) {
    int p = fma(x, coefficients[0], coefficients[1]);
    for (int i = 2; i < coefficients.length; i++) {
      p = fma(p, x, coefficients[i]);
    }
    return p;
  }

  boolean isConstant(int x) {
    return list.get(x).opcode() == Opcode.CONSTANT;
  }

  float constant(int x) {
    return Float.intBitsToFloat(list.get(x).bits());
  }
}
