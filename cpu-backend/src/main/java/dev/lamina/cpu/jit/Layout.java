package dev.lamina.cpu.jit;

import java.util.List;

/**
 * How the streams of a kernel lie in memory, as far as its code depends on it: the fewer segments
 * and offsets it knows, the fewer bounds it checks.
 *
 * @param segments for each stream, inputs first, the first stream that lies in the same memory
 * @param aligned for each stream, whether it starts at the offset that all aligned ones have
 */
public record Layout(List<Integer> segments, List<Boolean> aligned) {
  /** Copies the lists. */
  public Layout {
    segments = List.copyOf(segments);
    aligned = List.copyOf(aligned);
  }

  /** How many different segments there are. */
  long count() {
    return segments.stream().distinct().count();
  }
}
