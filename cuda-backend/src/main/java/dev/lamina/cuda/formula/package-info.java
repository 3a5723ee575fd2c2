/** Formulas as CUDA C: one kernel for all formulas that differ in their constants only. */
package dev.lamina.cuda.formula;
