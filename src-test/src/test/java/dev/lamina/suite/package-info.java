/**
 * The operation suite: cases generated from records, run on every backend and compared with {@link
 * dev.lamina.oracle.Oracle}. A backend joins with one entry in {@link
 * dev.lamina.suite.BackendVariants}.
 */
package dev.lamina.suite;
