/**
 * Data: samples in memory, where they come from (arrays, IDX and CSV files, generated digits), and
 * how they are split and standardised.
 */
package dev.lamina.data;
