package dev.lamina.cuda.lt;

/** An attribute of one of cuBLASLt's descriptions. */
interface Attribute {
  /** Its number in cuBLASLt. */
  int value();

  /** Size of its value in bytes: 4 or 8. */
  int bytes();
}
