package dev.lamina.oracle;

import java.util.List;
import java.util.Map;

/**
 * What an execution must leave behind.
 *
 * @param outputs the outputs in order
 * @param updates the new values of the inputs that the operation changes, by their position
 */
public record Result(List<Expected> outputs, Map<Integer, Expected> updates) {
  /** Copies the collections. */
  public Result {
    outputs = List.copyOf(outputs);
    updates = Map.copyOf(updates);
  }

  static Result of(Expected... outputs) {
    return new Result(List.of(outputs), Map.of());
  }

  static Result updating(int input, Expected value) {
    return new Result(List.of(), Map.of(input, value));
  }
}
