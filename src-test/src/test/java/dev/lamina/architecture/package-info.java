/** Holds the arrows between modules and packages. */
package dev.lamina.architecture;
