package dev.lamina.probe;

import java.util.List;

/** Something that only a real device can answer. */
interface Question {
  /** In a word or two, by which it can be asked alone. */
  String name();

  /** Finds out. */
  List<Answer> ask(ProbeGpu gpu);
}
