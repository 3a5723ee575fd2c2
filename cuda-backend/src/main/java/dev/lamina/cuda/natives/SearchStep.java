package dev.lamina.cuda.natives;

import java.util.Objects;

/**
 * One step of the search for libraries.
 *
 * @param origin why it was looked there: a setting's name, {@code ldconfig}, ...
 * @param subject what was looked for or at: a folder, a file
 * @param result what came of it
 */
public record SearchStep(String origin, String subject, String result) {
  /** Checks that nothing is missing. */
  public SearchStep {
    Objects.requireNonNull(origin);
    Objects.requireNonNull(subject);
    Objects.requireNonNull(result);
  }

  /** The step as one line for a user. */
  @Override
  public String toString() {
    return subject.isEmpty() ? origin + ": " + result : origin + ": " + subject + ": " + result;
  }
}
