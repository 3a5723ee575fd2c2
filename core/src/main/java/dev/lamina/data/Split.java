package dev.lamina.data;

/**
 * Two parts of a data set that share no sample.
 *
 * @param train what is left for training
 * @param validation what is held out
 */
public record Split(Dataset train, Dataset validation) {}
