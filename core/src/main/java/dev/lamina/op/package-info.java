/**
 * The instruction set: some thirty operations that every backend implements. Eager tensors, graphs
 * and programs use the same ones.
 *
 * <p>Each operation is a record of its attributes and states in one place its formula, its shape
 * rule, its cost and its gradient. m is a number of rows (the batch), n a number of columns (the
 * features); matrices are row-major.
 */
package dev.lamina.op;
