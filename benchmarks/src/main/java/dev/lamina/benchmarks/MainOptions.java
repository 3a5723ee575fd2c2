package dev.lamina.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Our own options beside JMH's.
 *
 * @param results the folder to write the results to, null for none
 * @param ceilings whether the ceilings are measured
 * @param jmh everything else, for JMH
 */
record MainOptions(Path results, boolean ceilings, List<String> jmh) {
  static final String USAGE =
      """

      Beside JMH's options:
        --results[=FOLDER]  write the results as Markdown and JSON; FOLDER is benchmarks/results
        --no-ceilings       do not measure the ceilings; the table has no shares then
        -p device=LIST      exactly these devices: cpu, cuda, cuda:1; without it all that can be used
        --model h200        no benchmark: what a training step would take by the node model, which
                            needs no GPU; --model h200 --help says what it assumes
      """;

  static MainOptions parse(String... arguments) {
    Path results = null;
    boolean ceilings = true;
    List<String> jmh = new ArrayList<>();
    for (String argument : arguments) {
      if (argument.equals("--results")) {
        results = Path.of("benchmarks", "results");
      } else if (argument.startsWith("--results=")) {
        results = Path.of(argument.substring("--results=".length()));
      } else if (argument.equals("--no-ceilings")) {
        ceilings = false;
      } else {
        jmh.add(argument);
      }
    }
    return new MainOptions(results, ceilings, List.copyOf(jmh));
  }
}
