package dev.lamina.op;

import dev.lamina.type.TensorType;

/** A tensor of known type that is computed now or later. */
public interface Sym {
  /** Its element type and shape. */
  TensorType type();
}
