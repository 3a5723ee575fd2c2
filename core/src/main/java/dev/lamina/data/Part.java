package dev.lamina.data;

/** The part of a collection of data. */
public enum Part {
  /** What a model learns from. */
  TRAIN,
  /** What it is judged by. */
  TEST
}
