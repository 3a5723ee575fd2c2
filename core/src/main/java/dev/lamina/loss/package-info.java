/** Losses: what a model is trained to make small, as small records or as functions of a graph. */
package dev.lamina.loss;
