package dev.lamina.cuda.natives;

import java.util.ArrayList;
import java.util.List;

/** The steps taken so far, each once: several searches begin alike. */
final class SearchLog {
  private final List<SearchStep> steps = new ArrayList<>();

  void add(String origin, Object subject, String result) {
    SearchStep step = new SearchStep(origin, subject.toString(), result);
    if (!steps.contains(step)) {
      steps.add(step);
    }
  }

  List<SearchStep> steps() {
    return List.copyOf(steps);
  }
}
