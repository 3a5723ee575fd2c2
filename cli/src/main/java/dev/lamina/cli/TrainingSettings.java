package dev.lamina.cli;

import dev.lamina.op.LossFunction;
import dev.lamina.train.DataPlacement;

/**
 * The numbers of a training run.
 *
 * @param optimizer to be built when the number of steps is known
 * @param epochs how often every sample is seen
 * @param placement where the samples lie
 */
record TrainingSettings(
    LossFunction loss,
    OptimizerOptions optimizer,
    int batchSize,
    int epochs,
    long seed,
    DataPlacement placement) {}
