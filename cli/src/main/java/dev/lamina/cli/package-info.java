/** The {@code lamina} command. */
package dev.lamina.cli;
