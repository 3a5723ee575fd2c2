/**
 * Tables as people have them, made into data sets: {@link dev.lamina.tables.Tables}.
 *
 * <p>A source is read in two passes: one of SQL aggregates finds out what the columns are, from all
 * cells and not from a sample; one streams the rows into columns. A {@link
 * dev.lamina.tables.TableSchema} is fitted to the training rows and makes features of the columns.
 *
 * <p>Tables larger than memory can come without another design: the first pass takes no memory for
 * rows; what is fitted (mean, deviation, quantiles, counts of categories, least and greatest) are
 * aggregates that DuckDB computes over the training rows; and the encoders work on a window of rows
 * as well as on all of them, so that windows can be encoded while the one before is trained on.
 */
package dev.lamina.tables;
