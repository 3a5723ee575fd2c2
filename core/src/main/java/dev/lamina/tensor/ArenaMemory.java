package dev.lamina.tensor;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory of an arena: slabs of growing size, in which tensors lie one after the other, so that
 * hardly any tensor is an allocation on the device. What an arena gives back is used again by the
 * next one of the same spare slabs.
 */
final class ArenaMemory {
  private static final long SMALLEST = 64L << 10;
  private static final long LARGEST = 8L << 20;

  private final String name;
  private final Backend backend;

  /** Where slabs come from and go to; null if they are the device's. */
  private final List<Memory> spare;

  private final List<Memory> slabs = new ArrayList<>();
  private Memory current;
  private long used;
  private long next = SMALLEST;
  private int tensors;

  ArenaMemory(String name, Backend backend, List<Memory> spare) {
    this.name = name;
    this.backend = backend;
    this.spare = spare;
  }

  /** Room for a tensor; its content is undefined. */
  Operand allocate(TensorType type) {
    tensors++;
    long bytes = Operand.aligned(type.bytes());
    if (current != null && bytes <= current.byteSize() - used) {
      long offset = used;
      used += bytes;
      return new Operand(current, offset, type);
    }
    Memory slab = slab(bytes);
    // The slab that has more room left serves what comes next.
    long left = slab.byteSize() - bytes;
    if (current == null || left > current.byteSize() - used) {
      current = slab;
      used = bytes;
    }
    return new Operand(slab, 0, type);
  }

  private Memory slab(long bytes) {
    Memory slab = takeSpare(bytes);
    if (slab == null) {
      long size = bytes <= next / 4 ? next : bytes;
      slab = backend.allocate("arena " + name, size);
      next = Math.min(LARGEST, 2 * next);
    }
    slabs.add(slab);
    return slab;
  }

  /** The smallest spare slab that is large enough and not much too large, or null. */
  private Memory takeSpare(long bytes) {
    if (spare == null) {
      return null;
    }
    Memory best = null;
    for (Memory slab : spare) {
      boolean fits = slab.byteSize() >= bytes && slab.byteSize() <= Math.max(LARGEST, 2 * bytes);
      if (fits && (best == null || slab.byteSize() < best.byteSize())) {
        best = slab;
      }
    }
    spare.remove(best);
    return best;
  }

  /** The number of tensors that lie here. */
  int tensors() {
    return tensors;
  }

  /** How much memory there is for them. */
  long bytes() {
    return slabs.stream().mapToLong(Memory::byteSize).sum();
  }

  /** Gives all of it back. */
  void release() {
    if (spare == null) {
      slabs.forEach(Memory::close);
    } else {
      spare.addAll(slabs);
    }
    slabs.clear();
    current = null;
  }
}
