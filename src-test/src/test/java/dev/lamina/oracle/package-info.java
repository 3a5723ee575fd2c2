/**
 * The oracle of every operation test: a scalar reference in double precision, written after the
 * formulas in the operations' Javadoc and never optimised.
 */
package dev.lamina.oracle;
