package org.example.outside;

import dev.lamina.train.Predictor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A predictor that many threads share. */
final class Sharing {
  private static final int REQUESTS = 500;
  private static final double TOLERANCE = 1e-5;

  private Sharing() {}

  /** Asks from so many threads at once, each for samples of its own, and returns the answers. */
  static int askAll(Predictor predictor, int threads, float[][] samples, float[] expected)
      throws Exception {
    List<Future<Integer>> answers = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      for (int thread = 0; thread < threads; thread++) {
        int first = thread;
        answers.add(pool.submit(() -> ask(predictor, first, samples, expected)));
      }
    }
    int count = 0;
    for (Future<Integer> each : answers) {
      count += each.get();
    }
    return count;
  }

  private static int ask(Predictor predictor, int first, float[][] samples, float[] expected) {
    for (int i = 0; i < REQUESTS; i++) {
      int sample = (first * 31 + i * 7) % samples.length;
      float answer = predictor.predict(samples[sample])[0];
      if (!(Math.abs(answer - expected[sample]) <= TOLERANCE)) {
        throw new AssertionError("sample " + sample + ": " + answer + ", not " + expected[sample]);
      }
    }
    return REQUESTS;
  }
}
