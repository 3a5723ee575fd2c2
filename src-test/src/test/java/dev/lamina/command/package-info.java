/** The {@code lamina} command from end to end: what users type, what they get, what they read. */
package dev.lamina.command;
