package dev.lamina.formula;

import java.util.function.IntUnaryOperator;

/**
 * What a formula reports beside its outputs: a number of a small input becomes the larger of itself
 * and a value, if a condition holds for any element, and stays as it is otherwise. Whatever the
 * order of elements, the result is the same.
 *
 * @param test the number of the node that is the condition
 * @param value the number of the node that is the value, from 0 on and the same for all elements;
 *     or {@link #REST}
 * @param input the input, of kind SINGLE
 * @param element which of its numbers
 */
public record Flag(int test, int value, int input, int element) {
  /**
   * In the place of {@link #value}: how many elements there are from the first for which the
   * condition holds to the end, so that of all runs over a matrix the number tells the first.
   */
  public static final int REST = -1;

  /** The same flag in a formula whose nodes have other numbers. */
  public Flag to(IntUnaryOperator number) {
    int moved = isRest() ? REST : number.applyAsInt(value);
    return new Flag(number.applyAsInt(test), moved, input, element);
  }

  /** Whether the value is the number of elements from the first to the end. */
  public boolean isRest() {
    return value == REST;
  }
}
