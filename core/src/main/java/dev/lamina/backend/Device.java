package dev.lamina.backend;

import java.util.List;

/**
 * A device that computes.
 *
 * @param id by which users choose it: {@code cpu}, {@code cuda:0}
 * @param name what it is, for example {@code AMD EPYC, 2 threads}
 * @param memoryBytes how much memory it has
 * @param notes lines that a user should read: what is missing and what that costs; usually none
 */
public record Device(String id, String name, long memoryBytes, List<String> notes) {
  /** Copies the notes. */
  public Device {
    notes = List.copyOf(notes);
  }
}
