package dev.lamina.cpu.jit;

import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import dev.lamina.random.Philox;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/**
 * Emits the random numbers of {@link Philox} for two vectors of elements at a time, a block of four
 * words in each lane of a long vector: the algorithm multiplies 32-bit words to 64-bit products,
 * which is one instruction there. Words are the low halves of the lanes; what the high halves hold
 * does not matter and is never cleared.
 */
final class RandomCode {
  private static final String API = "jdk.incubator.vector.";
  private static final ClassDesc SPECIES = ClassDesc.of(API + "VectorSpecies");
  private static final ClassDesc LONGS = ClassDesc.of(API + "LongVector");
  private static final ClassDesc INTS = ClassDesc.of(API + "IntVector");
  private static final ClassDesc FLOATS = ClassDesc.of(API + "FloatVector");
  private static final ClassDesc VECTOR = ClassDesc.of(API + "Vector");
  private static final ClassDesc OPERATORS = ClassDesc.of(API + "VectorOperators");
  private static final ClassDesc BINARY = OPERATORS.nested("Binary");
  private static final ClassDesc ASSOCIATIVE = OPERATORS.nested("Associative");
  private static final ClassDesc CONVERSION = OPERATORS.nested("Conversion");
  private static final ClassDesc OURS = ClassDesc.of(RandomSpecies.class.getName());
  private static final long LOW = 0xFFFFFFFFL;

  private final CodeBuilder code;

  /** The local variables of the counter, the products and the keys. */
  private final int[] counter = new int[4];

  private final int[] product = new int[2];
  private final int[] key = new int[2];

  RandomCode(CodeBuilder code) {
    this.code = code;
    for (int[] locals : new int[][] {counter, product, key}) {
      for (int i = 0; i < locals.length; i++) {
        locals[i] = code.allocateLocal(TypeKind.REFERENCE);
      }
    }
  }

  /** Puts one of a sequence's numbers on the stack, as a long. */
  @FunctionalInterface
  interface Numbers {
    void push(int which);
  }

  /** Which numbers make a sequence, in the order in which they are handed over. */
  static final int STEP = 0;

  static final int SEED_LOW = 1;
  static final int SEED_HIGH = 2;
  static final int STREAM = 3;
  static final int NUMBERS = 4;

  /**
   * Emits the numbers of two vectors.
   *
   * @param block the local variable of the first block's number, a long
   * @param first the local variable for the first vector
   * @param second the one for the second
   */
  void draw(int block, Numbers numbers, int first, int second) {
    code.getstatic(OURS, "LANE", LONGS).lload(block).loadConstant(LOW).land();
    longs("add", CD_long);
    code.astore(counter[0]);
    broadcast(() -> code.lload(block).loadConstant(32).lushr(), counter[1]);
    broadcast(() -> numbers.push(STREAM), counter[2]);
    broadcast(() -> numbers.push(STEP), counter[3]);
    broadcast(() -> numbers.push(SEED_LOW), key[0]);
    broadcast(() -> numbers.push(SEED_HIGH), key[1]);
    int round = code.allocateLocal(TypeKind.INT);
    Label top = code.newLabel();
    code.iconst_0().istore(round).labelBinding(top);
    round();
    code.iinc(round, 1).iload(round).loadConstant(Philox.ROUNDS).if_icmplt(top);
    int low = product[0];
    int high = product[1];
    words(counter[0], counter[1], low);
    words(counter[2], counter[3], high);
    numbers("FIRST", low, high, first);
    numbers("SECOND", low, high, second);
  }

  private void broadcast(Runnable push, int local) {
    code.getstatic(OURS, "L", SPECIES);
    push.run();
    code.loadConstant(LOW).land();
    code.invokestatic(LONGS, "broadcast", MethodTypeDesc.of(LONGS, SPECIES, CD_long));
    code.astore(local);
  }

  private void round() {
    multiply(counter[0], Philox.M0, product[0]);
    multiply(counter[2], Philox.M1, product[1]);
    mix(product[1], counter[1], key[0], counter[0]);
    mix(product[0], counter[3], key[1], counter[2]);
    code.aload(product[1]).astore(counter[1]).aload(product[0]).astore(counter[3]);
    advance(key[0], Philox.W0);
    advance(key[1], Philox.W1);
  }

  /** {@code to} = (x mod 2³²) · factor. */
  private void multiply(int x, int factor, int to) {
    code.aload(x).loadConstant(LOW);
    longs("and", CD_long);
    code.loadConstant(factor & LOW);
    longs("mul", CD_long);
    code.astore(to);
  }

  /** {@code to} = (x >>> 32) xor y xor k. */
  private void mix(int x, int y, int k, int to) {
    code.aload(x);
    lanewise("LSHR", BINARY, () -> code.loadConstant(32L), CD_long);
    lanewise("XOR", ASSOCIATIVE, () -> code.aload(y), VECTOR);
    lanewise("XOR", ASSOCIATIVE, () -> code.aload(k), VECTOR);
    code.astore(to);
  }

  private void advance(int k, int by) {
    code.aload(k).loadConstant((long) by);
    longs("add", CD_long);
    code.astore(k);
  }

  /** {@code to} = pairs of words, the first in the low half of each lane. */
  private void words(int a, int b, int to) {
    code.aload(a).loadConstant(LOW);
    longs("and", CD_long);
    code.aload(b);
    lanewise("LSHL", BINARY, () -> code.loadConstant(32L), CD_long);
    longs("or", VECTOR);
    code.astore(to);
  }

  private void numbers(String half, int low, int high, int to) {
    code.getstatic(OURS, half, LONGS).aload(low).aload(high);
    code.invokevirtual(LONGS, "selectFrom", MethodTypeDesc.of(LONGS, VECTOR, VECTOR));
    code.invokevirtual(LONGS, "reinterpretAsInts", MethodTypeDesc.of(INTS));
    code.getstatic(OPERATORS, "LSHR", BINARY)
        .loadConstant(8)
        .invokevirtual(INTS, "lanewise", MethodTypeDesc.of(INTS, BINARY, CD_int));
    code.getstatic(OPERATORS, "I2F", CONVERSION)
        .iconst_0()
        .invokevirtual(INTS, "convert", MethodTypeDesc.of(VECTOR, CONVERSION, CD_int))
        .checkcast(FLOATS);
    code.loadConstant(0x1p-24f)
        .invokevirtual(FLOATS, "mul", MethodTypeDesc.of(FLOATS, CD_float))
        .astore(to);
  }

  private void longs(String method, ClassDesc operand) {
    code.invokevirtual(LONGS, method, MethodTypeDesc.of(LONGS, operand));
  }

  private void lanewise(String operator, ClassDesc kind, Runnable push, ClassDesc operand) {
    code.getstatic(OPERATORS, operator, kind);
    push.run();
    code.invokevirtual(LONGS, "lanewise", MethodTypeDesc.of(LONGS, BINARY, operand));
  }
}
