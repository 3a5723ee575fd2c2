/** oneDNN's matrix products, called through java.lang.foreign. */
package dev.lamina.cpu.onednn;
