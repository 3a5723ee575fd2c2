package dev.lamina.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Uploads;
import dev.lamina.data.Dataset;
import dev.lamina.random.Permutation;
import dev.lamina.type.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is gathered on the host: the samples of a piece, and what goes wrong there. */
class PieceWriterTest {
  private static final int SAMPLES = 700;
  private static final int FEATURES = 200;
  private static final long SEED = 0x1234_5678_9abc_def0L;

  /** More than fits one thread's part, so that several threads write it; more than an epoch. */
  private static final int ROWS = 1500;

  private static PieceWriter writer(boolean shuffle, int rows) {
    float[] x = new float[SAMPLES * FEATURES];
    int[] labels = new int[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      labels[i] = i % 3;
      for (int j = 0; j < FEATURES; j++) {
        x[i * FEATURES + j] = i + j / 256f;
      }
    }
    Dataset data = Dataset.classification(x, FEATURES, labels, List.of("a", "b", "c"));
    TargetRows targets = new TargetRows(data, Targets.CLASS_NUMBERS, 3);
    FeatureRows features = new FeatureRows(data, DType.FP32);
    return new PieceWriter(features, targets, new SampleOrder(SAMPLES, shuffle, SEED), rows);
  }

  private static int sample(boolean shuffle, long position) {
    int place = (int) (position % SAMPLES);
    int epoch = (int) (position / SAMPLES);
    return shuffle
        ? Permutation.index((int) SEED, (int) (SEED >>> 32), epoch, SAMPLES, place)
        : place;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPieceHoldsTheSamplesOfItsPositions(boolean shuffle) {
    PieceWriter writer = writer(shuffle, ROWS);
    for (long piece : new long[] {0, 1, 5_000_000_000L}) {
      try (Arena arena = Arena.ofShared()) {
        MemorySegment buffer = arena.allocate(writer.bytes(), 64);
        writer.write(piece, buffer);
        for (int row = 0; row < ROWS; row++) {
          int expected = sample(shuffle, piece * ROWS + row);
          for (int j = 0; j < FEATURES; j += 99) {
            long at = (long) row * FEATURES + j;
            assertEquals(expected + j / 256f, buffer.getAtIndex(ValueLayout.JAVA_FLOAT, at));
          }
          long at = writer.featureBytes() / 4 + row;
          assertEquals(expected % 3, buffer.getAtIndex(ValueLayout.JAVA_INT, at));
        }
      }
    }
  }

  @Test
  void piecesHoldWholeLaunchesAndHardlyMoreThanAllSamples() {
    assertEquals(new RingShape(128, 80), RingShape.of(60_000, 128, 788, 8 << 20));
    assertEquals(new RingShape(128, 1), RingShape.of(60_000, 128, 788, 1));
    assertEquals(new RingShape(100, 7), RingShape.of(60_000, 100, 10, 7_999));
    assertEquals(new RingShape(100, 10), RingShape.of(999, 100, 10, 1 << 20));
    RingShape large = RingShape.of(Integer.MAX_VALUE, 1 << 20, 1, 1L << 40);
    assertTrue(large.rows() > 1 << 30, large::toString);
  }

  /** Fails at the third piece. */
  private record Failing(MemorySegment buffer, long[] starts) implements Uploads {
    @Override
    public MemorySegment await(int slot) {
      return buffer;
    }

    @Override
    public void start(int slot, long from, Memory target, long offset, long bytes) {
      if (++starts[0] > 4) {
        throw new LaminaException("planted");
      }
    }

    @Override
    public void arrive(int slot) {}

    @Override
    public void release(int slot) {}

    @Override
    public void close() {}
  }

  @Test
  void whatGoesWrongIsThrownWhereAPieceIsAwaited() {
    PieceWriter writer = writer(true, 10);
    long[] starts = new long[1];
    try (Arena arena = Arena.ofShared()) {
      Failing uploads = new Failing(arena.allocate(writer.bytes(), 64), starts);
      RingFeeder feeder = new RingFeeder(uploads, writer, null, 0);
      feeder.awaitStarted(0);
      feeder.awaitStarted(1);
      feeder.release(0);
      LaminaException error = assertThrows(LaminaException.class, () -> feeder.awaitStarted(2));
      assertEquals("planted", error.getMessage());
      feeder.close();
    }
    assertArrayEquals(new long[] {5}, starts, "each piece is sent in two parts");
  }
}
