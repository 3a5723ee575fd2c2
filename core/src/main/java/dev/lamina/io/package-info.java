/**
 * Files: written whole or not at all, safetensors, readable JSON, and the folder of a saved model.
 * Whatever is wrong with a file comes out as a {@link dev.lamina.LaminaException} that names the
 * file and the place in it.
 */
package dev.lamina.io;
