/**
 * Pointwise arithmetic as values: a {@link dev.lamina.formula.Formula} is the one source of what an
 * elementwise operation computes, of its derivative, of its error bound and of the code that every
 * backend generates for it. {@link dev.lamina.formula.FormulaBuilder} makes formulas; everything
 * else here is immutable and safe for use by any number of threads.
 */
package dev.lamina.formula;
