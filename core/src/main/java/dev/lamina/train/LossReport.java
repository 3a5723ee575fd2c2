package dev.lamina.train;

/**
 * Losses read from the device.
 *
 * @param steps the number of finished steps of the run
 * @param mean the mean loss of the steps since the report before, NaN if there were none
 * @param last the loss of the last step
 */
public record LossReport(long steps, double mean, double last) {}
