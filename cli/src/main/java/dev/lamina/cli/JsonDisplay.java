package dev.lamina.cli;

import dev.lamina.io.Json;
import dev.lamina.train.EpochReport;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/** One JSON object per line. */
final class JsonDisplay implements Display {
  private final PrintWriter out;

  JsonDisplay(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void onStart(String summary, Map<String, Object> facts) {
    print("start", facts);
  }

  @Override
  public void onEpoch(EpochReport report, Scores validation) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("epoch", report.epoch());
    facts.put("loss", report.loss());
    if (validation != null) {
      facts.putAll(validation.toJson("validation_"));
      facts.put("best", report.best());
    }
    if (report.diverged()) {
      facts.put("diverged", true);
    }
    facts.put("seconds", report.seconds());
    facts.put("samples_per_second", report.samplesPerSecond());
    print("epoch", facts);
  }

  @Override
  public void onEnd(String summary, Map<String, Object> facts) {
    print("end", facts);
  }

  private void print(String event, Map<String, Object> facts) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("event", event);
    line.putAll(facts);
    out.println(Json.compact(line));
    out.flush();
  }
}
