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
record BackendVariant(
    String name, Supplier<Backend> open, Map<DType, String> unsupported, long largest) {
  BackendVariant(String name, Supplier<Backend> open) {
    this(name, open, Map.of(), Long.MAX_VALUE);
  }

  boolean supports(DType dtype) {
    return !unsupported.containsKey(dtype);
  }

  @Override
  public String toString() {
    return name;
  }
}
