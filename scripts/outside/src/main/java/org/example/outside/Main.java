package org.example.outside;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.data.Dataset;
import dev.lamina.data.Split;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Linear;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.op.LossFunction;
import dev.lamina.optim.Adam;
import dev.lamina.train.History;
import dev.lamina.train.Predictor;
import dev.lamina.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/**
 * Learns a curve with an activation and a layer of its own, and shares, saves and loads what was
 * learned. Ends with an exception if anything is not as it should be.
 */
public final class Main {
  private static final int INPUTS = 2;
  private static final int WIDTH = 64;
  private static final int SAMPLES = 2000;
  private static final int THREADS = 8;
  private static final LossFunction LOSS = LossFunction.MEAN_SQUARED_ERROR;

  private Main() {}

  /** Runs; the argument is a folder to save to. */
  public static void main(String[] arguments) throws Exception {
    Path file = Files.createDirectories(Path.of(arguments[0])).resolve("model.safetensors");
    float[][] points = points();
    Split data = curve(points).split(0.2, 1);
    try (Backend device = Backends.open("cpu");
        Model model = Model.create(network(), INPUTS, device, 42)) {
      History history =
          new Trainer(model)
              .loss(LOSS)
              .optimizer(new Adam(0.01))
              .batchSize(50)
              .fit(data.train(), data.validation(), 30);
      double first = history.epochs().getFirst().validation().loss();
      double last = history.epochs().getLast().validation().loss();
      System.out.printf("loss %.5f, then %.5f%n", first, last);
      require(last < 0.002 && last < first / 5, "it learns");

      float[] answers;
      try (Predictor predictor = new Predictor(model, LOSS, 128)) {
        answers = predictor.predict(flat(points));
        int asked = Sharing.askAll(predictor, THREADS, points, answers);
        System.out.println(asked + " right answers to " + THREADS + " threads");
      }

      Parameters.save(model, file);
      try (Model other = Model.create(network(), INPUTS, device, 7)) {
        require(!Arrays.equals(answers, answers(other, points)), "another model answers otherwise");
        Parameters.load(other, file);
        require(Arrays.equals(answers, answers(other, points)), "what was saved is loaded");
      }
      System.out.println("saved and loaded, with the same answers");
    }
  }

  private static Layer network() {
    return new Sequential(
        new Linear(INPUTS, WIDTH),
        new AbsoluteScale(WIDTH, 0.1),
        new Swish(),
        new Linear(WIDTH, WIDTH),
        new Swish(),
        new Linear(WIDTH, 1));
  }

  private static float[][] points() {
    Random random = new Random(1);
    float[][] points = new float[SAMPLES][INPUTS];
    for (float[] point : points) {
      for (int i = 0; i < INPUTS; i++) {
        point[i] = random.nextFloat(-1, 1);
      }
    }
    return points;
  }

  /** y = sin(3 a) b. */
  private static Dataset curve(float[][] points) {
    float[][] values = new float[points.length][1];
    for (int i = 0; i < points.length; i++) {
      values[i][0] = (float) (Math.sin(3 * points[i][0]) * points[i][1]);
    }
    return Dataset.regression(points, values);
  }

  private static float[] flat(float[][] rows) {
    float[] all = new float[rows.length * INPUTS];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, all, i * INPUTS, INPUTS);
    }
    return all;
  }

  private static float[] answers(Model model, float[][] points) {
    try (Predictor predictor = new Predictor(model, LOSS, 128)) {
      return predictor.predict(flat(points));
    }
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError("not so: " + what);
    }
  }
}
