package dev.lamina.benchmarks.compare;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.lamina.benchmarks.report.Machine;
import dev.lamina.benchmarks.report.ReportFiles;
import dev.lamina.io.Json;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;

/**
 * What a comparison found, for people and for programs.
 *
 * @param settings how it was run
 * @param machine where
 * @param comparisons one for each problem
 */
record Report(Settings settings, Machine machine, List<Comparison> comparisons) {
  String toMarkdown() {
    String ours = settings.ours().label();
    String theirs = settings.yardstick().label();
    StringBuilder text = new StringBuilder();
    text.append("# One training step, ").append(ours).append(" beside ").append(theirs);
    text.append(
        """


        Forward, softmax cross-entropy, backward, Adam, fp32, %d threads. %d rounds of %s s each after %s s of warm-up,
        in processes of their own and in turns; losses compared first (first loss within %.0e, the first steps within %.0e).
        Times are milliseconds for a step; a ratio above 1 says how many times faster %s is.

        """
            .formatted(
                settings.threads(),
                settings.rounds(),
                settings.seconds(),
                settings.warmUpSeconds(),
                Comparison.FIRST_LOSS_TOLERANCE,
                Comparison.LOSS_TOLERANCE,
                ours));
    text.append(
        "| widths:batch | %1$s median | %2$s median | ratio | %1$s min | %2$s min | %1$s peak MiB | %2$s peak MiB |\n"
            .formatted(ours, theirs));
    text.append("|---|---|---|---|---|---|---|---|\n");
    for (Comparison c : comparisons) {
      text.append(
          "| %s | %.3f | %.3f | **%.3f** | %.3f | %.3f | %.0f | %.0f |%n"
              .formatted(
                  c.problem(),
                  Comparison.medianMilliseconds(c.ours()),
                  Comparison.medianMilliseconds(c.theirs()),
                  c.ratio(),
                  Comparison.minimumMilliseconds(c.ours()),
                  Comparison.minimumMilliseconds(c.theirs()),
                  Comparison.peakMebibytes(c.ours()),
                  Comparison.peakMebibytes(c.theirs())));
    }
    text.append("\nRatio of each round:\n\n");
    for (Comparison c : comparisons) {
      text.append("- ").append(c.problem()).append(':');
      for (int round = 0; round < c.ours().size(); round++) {
        text.append(" %.3f".formatted(c.ratio(round)));
      }
      text.append('\n');
    }
    Comparison any = comparisons.getFirst();
    text.append(
        """

        %s- both JVMs: %s
        - %s: %s
        - %s: %s
        """
            .formatted(
                machine.toMarkdown(),
                String.join(" ", Contender.JVM_OPTIONS),
                ours,
                any.ours().getFirst().name(),
                theirs,
                any.theirs().getFirst().name()));
    return text.toString();
  }

  String toJson() throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      json.writeStartObject();
      json.writeFieldName("machine");
      json.writeRawValue(Json.compact(machine.toTree()));
      json.writeNumberField("threads", settings.threads());
      json.writeNumberField("seconds", settings.seconds());
      json.writeStringField("jvm_options", String.join(" ", Contender.JVM_OPTIONS));
      json.writeArrayFieldStart("comparisons");
      for (Comparison comparison : comparisons) {
        json.writeStartObject();
        json.writeStringField("problem", comparison.problem().toString());
        json.writeNumberField("gflop", comparison.problem().flops() / 1e9);
        json.writeNumberField("ratio", comparison.ratio());
        write(json, settings.ours().label(), comparison.ours());
        write(json, settings.yardstick().label(), comparison.theirs());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    return text + "\n";
  }

  private static void write(JsonGenerator json, String label, List<Measurement> rounds)
      throws IOException {
    json.writeObjectFieldStart(label);
    json.writeStringField("name", rounds.getFirst().name());
    json.writeFieldName("first_losses");
    double[] losses = rounds.getFirst().losses();
    json.writeArray(losses, 0, losses.length);
    json.writeArrayFieldStart("rounds");
    for (Measurement round : rounds) {
      json.writeStartObject();
      json.writeNumberField("steps", round.nanoseconds().length);
      json.writeNumberField("median_ms", round.medianMilliseconds());
      json.writeNumberField("min_ms", round.minimumMilliseconds());
      json.writeNumberField("peak_resident_bytes", round.peakResidentBytes());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /** Writes both forms and returns where. */
  List<Path> write() throws IOException {
    return ReportFiles.write(settings.results(), "cpu", machine, toMarkdown(), toJson());
  }
}
