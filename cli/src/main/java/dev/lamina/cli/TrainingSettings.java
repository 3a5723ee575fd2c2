package dev.lamina.cli;

import dev.lamina.op.LossFunction;

/**
 * The numbers of a training run.
 *
 * @param optimizer to be built when the number of steps is known
 * @param epochs how often every sample is seen
 */
record TrainingSettings(
    LossFunction loss, OptimizerOptions optimizer, int batchSize, int epochs, long seed) {}
