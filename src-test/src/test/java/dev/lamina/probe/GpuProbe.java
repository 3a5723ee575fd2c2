package dev.lamina.probe;

import dev.lamina.LaminaException;
import dev.lamina.io.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jcuda.CudaException;

/**
 * Asks a GPU what only it can answer, in seconds. Prints one JSON object for each answer; exit code
 * 1 where a question could not be answered, 2 for a mistake in the options or without a GPU.
 */
public final class GpuProbe {
  private static final int USER_ERROR = 2;
  private static final String SMALL = "--small";

  private static final List<Question> QUESTIONS =
      List.of(
          new MemoryQuestion(),
          new LoadingQuestion(),
          new EpilogueQuestion(),
          new ReluQuestion(),
          new GeluQuestion(),
          new BiasGradientQuestion(),
          new LaunchQuestion(),
          new LaneQuestion(),
          new PriorityQuestion(),
          new CeilingQuestion());

  private GpuProbe() {}

  /** Options: {@code --small} for sizes that an emulator masters; names of questions, or all. */
  public static void main(String[] arguments) {
    try {
      List<Map<String, Object>> lines = run(arguments);
      lines.forEach(line -> System.out.println(Json.compact(line)));
      if (lines.stream().anyMatch(line -> line.containsKey("error"))) {
        System.exit(1);
      }
    } catch (LaminaException e) {
      System.err.println("probe: " + e.getMessage());
      System.exit(USER_ERROR);
    }
  }

  /** The answers as JSON objects; a question that fails has an error instead. */
  static List<Map<String, Object>> run(String... arguments) {
    List<String> wanted = new ArrayList<>(Arrays.asList(arguments));
    boolean small = wanted.remove(SMALL);
    List<String> names = QUESTIONS.stream().map(Question::name).toList();
    for (String name : wanted) {
      if (!names.contains(name)) {
        throw new LaminaException(
            name + ": expected " + SMALL + " or some of " + String.join(", ", names));
      }
    }
    List<Map<String, Object>> lines = new ArrayList<>();
    for (Question question : QUESTIONS) {
      if (wanted.isEmpty() || wanted.contains(question.name())) {
        ask(question, small, lines);
      }
    }
    return lines;
  }

  // Each on a device of its own: what one leaves behind, or ruins, is no other's.
  private static void ask(Question question, boolean small, List<Map<String, Object>> lines) {
    long begin = System.nanoTime();
    try (ProbeGpu gpu = new ProbeGpu(small)) {
      try {
        for (Answer answer : question.ask(gpu)) {
          lines.add(line(question, "says", answer.says(), answer.values()));
        }
      } catch (LaminaException | IllegalStateException e) {
        lines.add(line(question, "error", e.getMessage(), Map.of()));
      }
    } catch (CudaException e) {
      lines.add(line(question, "error", e.getMessage(), Map.of()));
    }
    lines.getLast().put("seconds", Math.round((System.nanoTime() - begin) * 1e-7) * 1e-2);
  }

  private static Map<String, Object> line(
      Question question, String kind, String text, Map<String, Object> values) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("probe", question.name());
    line.put(kind, text);
    line.putAll(values);
    return line;
  }
}
