package dev.lamina.cpu.jit;

/**
 * An instruction on vectors.
 *
 * @param a the number of the instruction that makes the first operand, −1 if there is none
 * @param b the second
 * @param c the third
 * @param bits what the operation says
 */
record Instruction(Opcode opcode, int a, int b, int c, int bits) {
  Instruction(Opcode opcode, int a, int b, int c) {
    this(opcode, a, b, c, 0);
  }

  int[] operands() {
    return c >= 0 ? new int[] {a, b, c} : b >= 0 ? new int[] {a, b} : a >= 0 ? new int[] {a} : NONE;
  }

  private static final int[] NONE = {};
}
