/**
 * Damaged files by the million: what a reader does not read it refuses in its own words, at once,
 * and what it reads makes sense.
 */
package dev.lamina.fuzz;
