/** Virtual machines of their own for what a test must not do in its own. */
package dev.lamina.fork;
