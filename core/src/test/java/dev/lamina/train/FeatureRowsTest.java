package dev.lamina.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.Memory;
import dev.lamina.data.Dataset;
import dev.lamina.data.Digits;
import dev.lamina.loss.Loss;
import dev.lamina.loss.SoftmaxCrossEntropy;
import dev.lamina.type.BFloat16;
import dev.lamina.type.DType;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What features are stored as, and what of that lies where. */
class FeatureRowsTest {
  /** More than are converted at a time, and no multiple of it. */
  private static final int FEATURES = 4999;

  private static final int SAMPLES = 40;

  private final float[] x = new float[SAMPLES * FEATURES];

  private Dataset samples() {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return Dataset.classification(x, FEATURES, new int[SAMPLES], List.of("a", "b"));
  }

  @Test
  void featuresOfFp32AreRoundedForProgramsThatTakeBf16() {
    FeatureRows rows = new FeatureRows(samples(), DType.BF16);
    short[] expected = new short[x.length];
    for (int i = 0; i < x.length; i++) {
      expected[i] = BFloat16.of(x[i]);
    }
    try (Memory memory = new RoomyBackend(1 << 20).allocate("rows", 2L * x.length)) {
      rows.writeTo(memory);
      short[] found = new short[x.length];
      memory.read(0, MemorySegment.ofArray(found));
      assertArrayEquals(expected, found);
    }
    short[] some = new short[3 * FEATURES + 1];
    rows.copy(7, 3, MemorySegment.ofArray(some), Short.BYTES);
    for (int i = 0; i < 3 * FEATURES; i++) {
      assertEquals(expected[7 * FEATURES + i], some[1 + i], "element " + i);
    }
  }

  @Test
  void thatHalvesWhatTheyTake() {
    Dataset data = samples();
    long targets = 256;
    RoomyBackend backend = new RoomyBackend(4L * x.length + 1000);
    Loss loss = new SoftmaxCrossEntropy();
    for (DType taken : List.of(DType.FP32, DType.BF16, DType.FP64)) {
      long bytes = x.length * (taken == DType.BF16 ? 2L : 4L);
      try (DeviceData resident = DeviceData.upload(backend, data, loss, 2, taken);
          DeviceData streamed = DeviceData.stream(backend, data, loss, 2, taken)) {
        assertEquals(bytes + 4 * SAMPLES, resident.bytes());
        assertEquals(bytes, resident.table(8).features().type().bytes());
        assertEquals((bytes + 255) / 256 * 256 + targets, streamed.bytes());
        assertEquals(
            taken == DType.BF16 ? DType.BF16 : DType.FP32,
            streamed.table(8).features().type().dtype());
      }
      assertEquals(0, backend.taken());
    }
  }

  @Test
  void greyValuesStayBytes() {
    Dataset digits = Digits.generate(10, 1);
    assertEquals(DType.UINT8, new FeatureRows(digits, DType.BF16).type(10).dtype());
  }
}
