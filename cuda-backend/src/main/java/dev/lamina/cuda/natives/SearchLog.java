package dev.lamina.cuda.natives;

import java.util.ArrayList;
import java.util.List;

/** The steps taken so far. */
final class SearchLog {
  private final List<SearchStep> steps = new ArrayList<>();

  void add(String origin, Object subject, String result) {
    steps.add(new SearchStep(origin, subject.toString(), result));
  }

  List<SearchStep> steps() {
    return List.copyOf(steps);
  }
}
