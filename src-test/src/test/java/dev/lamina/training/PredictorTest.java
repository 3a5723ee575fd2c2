package dev.lamina.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.data.Dataset;
import dev.lamina.delegating.DelegatingBackend;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.loss.SquaredError;
import dev.lamina.nn.Linear;
import dev.lamina.nn.Model;
import dev.lamina.nn.ReLU;
import dev.lamina.nn.Sequential;
import dev.lamina.optim.Adam;
import dev.lamina.suite.BackendVariant;
import dev.lamina.suite.BackendVariants;
import dev.lamina.threads.Threads;
import dev.lamina.train.Predictor;
import dev.lamina.train.TrainingStep;
import dev.lamina.type.DType;
import dev.lamina.type.ShapeException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Predictions: right whoever asks, in any number and size of requests, in bounded memory. */
class PredictorTest {
  private static final int INPUTS = 6;
  private static final int OUTPUTS = 3;
  private static final int BATCH = 32;

  private static final Sequential NETWORK =
      new Sequential(new Linear(INPUTS, 20), new ReLU(), new Linear(20, OUTPUTS));

  private static Model model(Backend backend) {
    return Model.create(NETWORK, INPUTS, backend, 1);
  }

  private static Predictor predictor(Model model) {
    return new Predictor(model, new SoftmaxCrossEntropy(), BATCH);
  }

  private static float[] samples(int count, long seed) {
    Random random = new Random(seed);
    float[] x = new float[count * INPUTS];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  @TestFactory
  Stream<DynamicTest> threadsGetTheirOwnAnswers() {
    return BackendVariants.onEach(this::shared);
  }

  /** Eight threads ask one predictor, each for its own samples, one to three batches at a time. */
  private void shared(BackendVariant variant) throws InterruptedException {
    int requests = variant.largest() == Long.MAX_VALUE ? 300 : 10;
    try (Backend backend = variant.open().get();
        Model model = model(backend);
        Predictor predictor = predictor(model);
        Predictor alone = predictor(model)) {
      float[][] asked =
          IntStream.range(0, 60)
              .mapToObj(i -> samples(1 + i * i % (3 * BATCH), i))
              .toArray(float[][]::new);
      float[][] expected = Arrays.stream(asked).map(alone::predict).toArray(float[][]::new);
      Threads.run(
          8,
          thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < requests; i++) {
              int which = random.nextInt(asked.length);
              assertArrayEquals(expected[which], predictor.predict(asked[which]), 1e-5f);
            }
          });
    }
  }

  @TestFactory
  Stream<DynamicTest> trainingGoesOnBeside() {
    return BackendVariants.onEach(this::beside);
  }

  /**
   * A layer whose weights and biases have the same gradients, so that they are equal between any
   * two steps and its outputs for the input -1 exactly 0.
   */
  private void beside(BackendVariant variant) throws InterruptedException {
    int width = 2048;
    int steps = variant.largest() == Long.MAX_VALUE ? 2000 : 20;
    float[] targets = new float[width];
    for (int i = 0; i < width; i++) {
      targets[i] = i % 7;
    }
    try (Backend backend = variant.open().get();
        Model model = Model.create(new Linear(1, width), 1, backend, 1);
        Predictor predictor = new Predictor(model, new SquaredError(), 4);
        TrainingStep step =
            TrainingStep.of(model)
                .loss(new SquaredError())
                .optimizer(new Adam(0.01))
                .batchSize(1)
                .build()) {
      model.write("weight", MemorySegment.ofArray(new float[width]));
      step.feed(MemorySegment.ofArray(new float[] {1}), MemorySegment.ofArray(targets));
      AtomicBoolean trained = new AtomicBoolean();
      Threads.run(
          4,
          thread -> {
            if (thread == 0) {
              try {
                for (int i = 0; i < steps; i += 10) {
                  step.run(10);
                  step.losses();
                }
              } finally {
                trained.set(true);
              }
            } else {
              while (!trained.get()) {
                assertArrayEquals(new float[width], predictor.predict(new float[] {-1}));
              }
            }
          });
      assertEquals(steps, step.steps());
      float[] after = predictor.predict(new float[] {1});
      assertTrue(after[6] > after[1] && after[1] > after[0], () -> Arrays.toString(after));
    }
  }

  /** Counts what a predictor makes and runs, and can hold up its runs. */
  private static final class Watched extends DelegatingBackend {
    final AtomicInteger programs = new AtomicInteger();
    final AtomicInteger runs = new AtomicInteger();
    final AtomicInteger open = new AtomicInteger();
    long largest;
    volatile CountDownLatch gate = new CountDownLatch(0);
    volatile boolean fails;

    Watched() {
      super(Backends.open("cpu"));
    }

    @Override
    public Memory allocate(String label, long bytes) {
      largest = Math.max(largest, bytes);
      return super.allocate(label, bytes);
    }

    @Override
    public Executable compile(String label, List<Call> calls) {
      Executable made = super.compile(label, calls);
      if (!label.equals("prediction")) {
        return made;
      }
      programs.incrementAndGet();
      open.incrementAndGet();
      return new Executable() {
        @Override
        public void run(int times) {
          runs.incrementAndGet();
          try {
            gate.await();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          if (fails) {
            throw new LaminaException("the device is gone");
          }
          made.run(times);
        }

        @Override
        public long workspaceBytes() {
          return made.workspaceBytes();
        }

        @Override
        public void close() {
          open.decrementAndGet();
          made.close();
        }
      };
    }
  }

  @Test
  void anyNumberOfSamplesTakesFewPrograms() {
    try (Watched backend = new Watched();
        Model model = model(backend)) {
      try (Predictor predictor = predictor(model)) {
        float[] all = samples(5 * BATCH + 7, 1);
        float[] expected = predictor.predict(all);
        long largest = backend.largest;
        for (int count = 1; count <= 5 * BATCH + 7; count++) {
          float[] found = predictor.predict(Arrays.copyOf(all, count * INPUTS));
          assertArrayEquals(Arrays.copyOf(expected, count * OUTPUTS), found, 1e-5f);
        }
        // 1, 2, 4, 8, 16 and 32.
        assertTrue(backend.programs.get() <= 6, () -> backend.programs + " programs");
        assertEquals(largest, backend.largest, "no program is larger than that of a batch");
      }
      assertEquals(0, backend.open.get(), "programs left open");
    }
  }

  @Test
  void aBatchIsAsLargeAsAsked() {
    try (Watched backend = new Watched();
        Model model = model(backend);
        Predictor predictor = predictor(model)) {
      predictor.predict(samples(3 * BATCH, 1));
      assertEquals(3, backend.runs.get());
      for (int wrong : new int[] {0, -1}) {
        LaminaException error =
            assertThrows(
                LaminaException.class, () -> new Predictor(model, new SquaredError(), wrong));
        assertTrue(error.getMessage().contains("batch size " + wrong), error.getMessage());
      }
    }
  }

  /** While one batch is computed the requests of other threads gather into the next. */
  @Test
  void smallRequestsAreComputedTogether() throws InterruptedException {
    int threads = 12;
    try (Watched backend = new Watched();
        Model model = model(backend);
        Predictor predictor = predictor(model)) {
      backend.gate = new CountDownLatch(1);
      CountDownLatch asked = new CountDownLatch(threads);
      Thread opener =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  asked.await();
                  Thread.sleep(500);
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
                backend.gate.countDown();
              });
      Threads.run(
          threads,
          thread -> {
            float[] own = samples(1, thread);
            asked.countDown();
            float[] found = predictor.predict(own);
            try (Model same = model(backend);
                Predictor alone = predictor(same)) {
              assertArrayEquals(alone.predict(own), found, 1e-5f);
            }
          });
      opener.join();
      // The first alone, then those that came meanwhile, all or nearly all; and each to compare.
      int together = backend.runs.get() - threads;
      assertTrue(together <= 3, () -> together + " batches of " + threads + " requests");
    }
  }

  @Test
  void aFailureReachesEveryRequestOfTheBatchAndNoOther() throws InterruptedException {
    try (Watched backend = new Watched();
        Model model = model(backend);
        Predictor predictor = predictor(model)) {
      float[] x = samples(2, 1);
      float[] expected = predictor.predict(x);
      backend.fails = true;
      Threads.run(
          4,
          thread -> {
            LaminaException error = assertThrows(LaminaException.class, () -> predictor.predict(x));
            assertTrue(error.getMessage().contains("the device is gone"), error.getMessage());
          });
      backend.fails = false;
      assertArrayEquals(expected, predictor.predict(x));
    }
  }

  @Test
  void nothingIsPredictedAfterClose() {
    try (Watched backend = new Watched();
        Model model = model(backend)) {
      Predictor predictor = predictor(model);
      predictor.predict(samples(3, 1));
      predictor.close();
      predictor.close();
      Dataset data = Networks.blobs(3, INPUTS, OUTPUTS, 1);
      for (Runnable use :
          new Runnable[] {() -> predictor.predict(samples(3, 1)), () -> predictor.predict(data)}) {
        IllegalStateException error = assertThrows(IllegalStateException.class, use::run);
        assertTrue(error.getMessage().contains("closed"), error.getMessage());
      }
      assertEquals(0, backend.open.get(), "programs left open");
    }
  }

  @Test
  void closingWaitsForTheBatchAndRefusesTheRest() throws InterruptedException {
    try (Watched backend = new Watched();
        Model model = model(backend)) {
      Predictor predictor = predictor(model);
      float[] expected = predictor.predict(samples(BATCH, 1));
      backend.gate = new CountDownLatch(1);
      int before = backend.runs.get();
      AtomicInteger refused = new AtomicInteger();
      AtomicInteger answered = new AtomicInteger();
      Thread closing =
          Thread.ofPlatform()
              .start(() -> {
                while (backend.runs.get() == before) {
                  Thread.onSpinWait();
                }
                Thread.ofPlatform()
                    .start(() -> {
                      try {
                        Thread.sleep(300);
                      } catch (InterruptedException e) {
                        throw new AssertionError(e);
                      }
                      backend.gate.countDown();
                    });
                predictor.close();
                assertEquals(0, backend.open.get());
              });
      Threads.run(
          3,
          thread -> {
            try {
              assertArrayEquals(expected, predictor.predict(samples(BATCH, 1)), 1e-5f);
              answered.incrementAndGet();
            } catch (IllegalStateException e) {
              assertTrue(e.getMessage().contains("closed"), e.getMessage());
              refused.incrementAndGet();
            }
          });
      closing.join();
      assertEquals(1, answered.get());
      assertEquals(2, refused.get());
    }
  }

  @Test
  void samplesOfAWrongLengthAreRefused() {
    try (Backend backend = Backends.open("cpu");
        Model model = model(backend);
        Predictor predictor = predictor(model)) {
      for (int length : new int[] {0, 5, 13}) {
        ShapeException error =
            assertThrows(ShapeException.class, () -> predictor.predict(new float[length]));
        assertTrue(error.getMessage().contains("6 inputs"), error.getMessage());
      }
      Dataset data = Networks.blobs(3, INPUTS + 1, OUTPUTS, 1);
      assertThrows(ShapeException.class, () -> predictor.predict(data));
    }
  }

  @Test
  void doublesAreComputedAsSuch() {
    try (Backend backend = Backends.open("cpu");
        Model narrow = model(backend);
        Model wide = Model.create(NETWORK, INPUTS, backend, DType.FP64, 1);
        Predictor expected = predictor(narrow);
        Predictor predictor = predictor(wide)) {
      float[] x = samples(BATCH + 3, 1);
      assertArrayEquals(expected.predict(x), predictor.predict(x), 1e-5f);
    }
  }
}
