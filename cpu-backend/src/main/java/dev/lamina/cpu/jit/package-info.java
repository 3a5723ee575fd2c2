/**
 * Code for the CPU made of formulas: each becomes a hidden class, with the Vector API or in plain
 * Java.
 */
package dev.lamina.cpu.jit;
