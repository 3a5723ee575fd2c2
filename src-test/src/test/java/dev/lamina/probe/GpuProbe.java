package dev.lamina.probe;

import dev.lamina.LaminaException;
import dev.lamina.io.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
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
          new OutputWidthQuestion(),
          new CeilingQuestion());

  private GpuProbe() {}

  /** Options: {@code --small} for sizes that an emulator masters; names of questions, or all. */
  public static void main(String[] arguments) {
    boolean[] failed = new boolean[1];
    try {
      run(
          line -> {
            System.out.println(Json.compact(line));
            failed[0] |= line.containsKey("error");
          },
          arguments);
    } catch (LaminaException e) {
      System.err.println("probe: " + e.getMessage());
      System.exit(USER_ERROR);
    }
    System.exit(failed[0] ? 1 : 0);
  }

  /** Gives the answers as JSON objects, at once; a question that fails has an error instead. */
  static void run(Consumer<Map<String, Object>> out, String... arguments) {
    List<String> wanted = new ArrayList<>(Arrays.asList(arguments));
    boolean small = wanted.remove(SMALL);
    List<String> names = QUESTIONS.stream().map(Question::name).toList();
    for (String name : wanted) {
      if (!names.contains(name)) {
        throw new LaminaException(
            name + ": expected " + SMALL + " or some of " + String.join(", ", names));
      }
    }
    for (Question question : QUESTIONS) {
      if (wanted.isEmpty() || wanted.contains(question.name())) {
        ask(question, small).forEach(out);
      }
    }
  }

  // Each on a device of its own: what one leaves behind, or ruins, is no other's.
  private static List<Map<String, Object>> ask(Question question, boolean small) {
    List<Map<String, Object>> lines = new ArrayList<>();
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
    lines.getLast().put("seconds", (System.nanoTime() - begin) / 10_000_000 / 100.0);
    return lines;
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
