package dev.lamina.suite;

import java.util.List;

/** All cases, family by family. */
final class OpCases {
  private static final List<OpCase> ALL = generate();

  private OpCases() {}

  static List<OpCase> all() {
    return ALL;
  }

  private static List<OpCase> generate() {
    CaseList list = new CaseList();
    ElementwiseCases.addTo(list);
    ActivationCases.addTo(list);
    MapCases.addTo(list);
    MoveCases.addTo(list);
    GemmCases.addTo(list);
    ReductionCases.addTo(list);
    LossCases.addTo(list);
    StepCases.addTo(list);
    OptimizerCases.addTo(list);
    return list.cases();
  }
}
