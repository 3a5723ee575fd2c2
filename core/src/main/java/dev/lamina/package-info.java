/** What everything in Lamina may use: its one kind of user-facing error, and quotes in messages. */
package dev.lamina;
