package dev.lamina.cuda.formula;

import dev.lamina.formula.Formula;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A formula for the kernels of formula/interpreter.cu, which compute the same bits as the kernel
 * that is printed for it, several times more slowly.
 *
 * @param instructions {@code common} ones for what is the same for all elements, then {@code own}
 *     ones for each element
 * @param constants what the instructions refer to by number
 * @param skip the place of the condition to skip a run among what is the same for all elements; -1
 *     if there is none
 */
public record ByteCode(
    List<Instruction> instructions, List<Double> constants, int common, int own, int skip) {
  /** How many operands, outputs with memory of their own included, the interpreter takes. */
  public static final int PLACES = 16;

  /** Elements that a thread takes at once. */
  public static final int GROUP = 4;

  /** How many numbers of an element, and numbers that are the same for all, it holds at once. */
  static final int REGISTERS = 48;

  static final int UNIFORM = 256;

  /** Copies the lists. */
  public ByteCode {
    instructions = List.copyOf(instructions);
    constants = List.copyOf(constants);
  }

  /** An instruction, as formula/interpreter.cu has it. */
  record Instruction(Opcode code, int type, int kind, int to, int a, int b, int c) {
    static final int BYTES = 16;

    private void put(ByteBuffer buffer) {
      for (int field : new int[] {code.ordinal(), type, kind, to, a, b, c, 0}) {
        buffer.putShort((short) field);
      }
    }
  }

  /**
   * The byte code of a formula.
   *
   * @throws dev.lamina.LaminaException if it is too large to be interpreted
   */
  public static ByteCode of(Formula formula) {
    return new ByteCodeWriter(formula.expanded()).write();
  }

  /** The instructions and, from {@link #constantsAt} on, the constants as they lie in memory. */
  public byte[] bytes() {
    ByteBuffer buffer =
        ByteBuffer.allocate(constantsAt() + constants.size() * Double.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    instructions.forEach(i -> i.put(buffer));
    constants.forEach(buffer::putDouble);
    return buffer.array();
  }

  /** Where in {@link #bytes} the constants begin. */
  public int constantsAt() {
    return instructions.size() * Instruction.BYTES;
  }
}
