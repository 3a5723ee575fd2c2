package dev.lamina.train;

/**
 * What an epoch brought.
 *
 * @param epoch from 1
 * @param loss mean over the epoch's steps, with dropout and while the parameters changed
 * @param validation on held-out data, null if there is none or the run was stopped before it
 * @param best whether the validation is the best so far
 * @param diverged whether the loss is more than ten times both that of the first step and that of
 *     outputs that are all 0
 * @param seconds that the steps took, without the validation
 * @param samplesPerSecond of the steps
 */
public record EpochReport(
    int epoch,
    double loss,
    Evaluation validation,
    boolean best,
    boolean diverged,
    double seconds,
    double samplesPerSecond) {}
