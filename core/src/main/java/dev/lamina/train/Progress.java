package dev.lamina.train;

/**
 * How far a training run is.
 *
 * @param epoch from 1
 * @param epochs how many there will be
 * @param step within the epoch, from 1
 * @param steps how many the epoch has
 * @param loss mean of the steps since the last report
 * @param samplesPerSecond since the epoch began
 */
public record Progress(
    int epoch, int epochs, long step, long steps, double loss, double samplesPerSecond) {}
