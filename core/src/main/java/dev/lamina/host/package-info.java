/**
 * The machine that the program runs on: how much memory there is, memory that is checked, and
 * temporary files that show who works with them.
 */
package dev.lamina.host;
