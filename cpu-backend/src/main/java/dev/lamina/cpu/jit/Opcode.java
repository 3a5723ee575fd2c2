package dev.lamina.cpu.jit;

/** What a machine with vectors of floats does; operands are named as in {@link Instruction}. */
enum Opcode {
  /** A stream's elements; {@code bits} is its number. */
  STREAM,
  /** A sequence's random numbers; {@code bits} is its number. */
  RANDOM,
  /** A number that is the same for all elements; {@code bits} is its node in the formula. */
  SCALAR,
  /** A constant; {@code bits} are those of a float. */
  CONSTANT,
  ADD,
  SUB,
  MUL,
  DIV,
  MIN,
  MAX,
  /** a · b + c. */
  FMA,
  NEG,
  ABS,
  SQRT,
  /** Comparisons, which make masks. */
  LT,
  LE,
  EQ,
  NE,
  /** b where the mask a holds, else c. */
  SELECT,
  /** The bits of a float as an integer. */
  BITS,
  /** The float of these bits. */
  FLOAT,
  /** On integers: a + b and a − b. */
  IADD,
  ISUB,
  /** On integers: with {@code bits} as the second operand. */
  IADD_CONSTANT,
  ISUB_CONSTANT,
  IAND_CONSTANT,
  SHIFT_LEFT,
  SHIFT_RIGHT,
  /** Without the sign. */
  SHIFT_RIGHT_LOGICAL,
  /** The integer as a float, rounded. */
  TO_FLOAT,
  /** The float as an integer, truncated. */
  TO_INT
}
