package dev.lamina.io;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * A named tensor in host memory.
 *
 * @param name its name, as in PyTorch's state_dict: {@code 0.weight}
 * @param type its element type and shape
 * @param data its elements, row-major, heap or native memory
 */
public record TensorData(String name, TensorType type, MemorySegment data) {
  /** Checks that there are as many bytes as the type takes. */
  public TensorData {
    Objects.requireNonNull(name, "name");
    if (data.byteSize() != type.bytes()) {
      throw new LaminaException(
          "tensor "
              + Quote.of(name)
              + ": "
              + Quote.plain(type.toString())
              + " takes "
              + type.bytes()
              + " bytes, but there are "
              + data.byteSize());
    }
  }
}
