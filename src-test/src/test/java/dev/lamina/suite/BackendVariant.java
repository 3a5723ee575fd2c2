package dev.lamina.suite;

import dev.lamina.backend.Backend;
import dev.lamina.type.DType;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A backend in one of the ways in which it can run.
 *
 * @param open opens it; its caller closes it
 * @param unsupported element types that it declares not to support, and why; it must refuse them
 * @param largest it runs cases with so many elements of inputs at most
 */
public record BackendVariant(
    String name, Supplier<Backend> open, Map<DType, String> unsupported, long largest) {
  /** A variant that supports every type and size. */
  public BackendVariant(String name, Supplier<Backend> open) {
    this(name, open, Map.of(), Long.MAX_VALUE);
  }

  /** Whether it computes with this element type. */
  public boolean supports(DType dtype) {
    return !unsupported.containsKey(dtype);
  }

  @Override
  public String toString() {
    return name;
  }
}
