/** Saved models: layers, parameters, preprocessing and classes as files, and back. */
package dev.lamina.model;
