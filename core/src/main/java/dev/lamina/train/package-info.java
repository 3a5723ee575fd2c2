/**
 * Training, evaluation and prediction: a step that runs wholly on the device, and a thin loop over
 * it.
 */
package dev.lamina.train;
