package dev.lamina.cpu;

import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;

/** A tensor in native memory: exactly its elements, in the machine's byte order. */
record Buffer(MemorySegment segment, TensorType type) {}
