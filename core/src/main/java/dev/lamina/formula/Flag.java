package dev.lamina.formula;

/**
 * What a formula reports beside its outputs: a number of a small input becomes 1 if a condition
 * holds for any element, and stays as it is otherwise.
 *
 * @param test the number of the node that is the condition
 * @param input the input, of kind SINGLE
 * @param element which of its numbers
 */
public record Flag(int test, int input, int element) {}
