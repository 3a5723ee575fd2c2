package dev.lamina.op;

import dev.lamina.type.TensorType;

/** A symbolic tensor: a value of known type that is computed later. */
public interface Sym {
  /** Its element type and shape. */
  TensorType type();
}
