package dev.lamina.cuda;

import jcuda.Pointer;

/** A device address in the form that JCublas takes. */
final class RawPointer extends Pointer {
  RawPointer(long address) {
    super(address);
  }
}
