/** Backends around other backends, for tests that change one thing about a device. */
package dev.lamina.delegating;
