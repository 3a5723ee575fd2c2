/** The one source of randomness: counter-based, so that every backend draws the same numbers. */
package dev.lamina.random;
