/**
 * What a backend is: an allocator, the operations of {@link dev.lamina.op}, and a registration.
 *
 * <p>A backend is found through {@link java.util.ServiceLoader}; {@link
 * dev.lamina.backend.Backends} opens one by name.
 */
package dev.lamina.backend;
