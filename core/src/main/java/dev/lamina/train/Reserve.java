package dev.lamina.train;

/**
 * Memory of a device that somebody will take beside a training step, and that the step must leave
 * free.
 *
 * @param what for which purpose, in words
 */
record Reserve(String what, long bytes) {}
