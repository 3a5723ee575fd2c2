/**
 * What was measured, for people and for programs: the machine, rates from times, shares of what the
 * device can do at most, tables and files.
 */
package dev.lamina.benchmarks.report;
