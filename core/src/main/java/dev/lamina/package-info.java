/** What everything in Lamina may use: its one kind of user-facing error. */
package dev.lamina;
