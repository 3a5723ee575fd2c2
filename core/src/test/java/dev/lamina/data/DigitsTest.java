package dev.lamina.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class DigitsTest {
  private static long checksum(MemorySegment data) {
    CRC32 crc = new CRC32();
    crc.update(data.asByteBuffer());
    return crc.getValue();
  }

  private static boolean equal(MemorySegment a, MemorySegment b) {
    return a.mismatch(b) < 0;
  }

  @Test
  void areImagesOfBytesInTenClasses() {
    Dataset digits = Digits.generate(5000, 7);
    assertEquals(TensorType.of(DType.UINT8, 5000, 784), digits.featureType());
    assertEquals(10, digits.classNames().size());
    int[] count = new int[10];
    for (int i = 0; i < digits.size(); i++) {
      count[digits.label(i)]++;
    }
    for (int c : count) {
      // Binomial with mean 500 and deviation 21.
      assertTrue(c > 400 && c < 600, "about equally often: " + c);
    }
  }

  @Test
  void everyImageHasInkWithinItsFrame() {
    Dataset digits = Digits.generate(3000, 8);
    float[] image = new float[784];
    for (int i = 0; i < digits.size(); i++) {
      digits.copyRow(i, image);
      double ink = 0;
      double centre = 0;
      for (int p = 0; p < 784; p++) {
        ink += image[p];
        int row = p / 28;
        int column = p % 28;
        centre += row > 3 && row < 24 && column > 3 && column < 24 ? image[p] : 0;
      }
      assertTrue(ink > 10 && ink < 330, "digit " + i + " has ink " + ink);
      assertTrue(centre > 0.5 * ink, "digit " + i + " is somewhere else");
    }
  }

  @Test
  void aSampleDependsOnSeedPartAndIndexAlone() throws Exception {
    Dataset all = Digits.generate(Part.TRAIN, 3, 0, 1500);
    assertTrue(equal(all.featureData(), Digits.generate(1500, 3).featureData()));
    Dataset later = Digits.generate(Part.TRAIN, 3, 700, 300);
    assertTrue(equal(all.range(700, 1000).featureData(), later.featureData()));
    assertTrue(equal(all.range(700, 1000).targetData(), later.targetData()));
    try (ForkJoinPool one = new ForkJoinPool(1)) {
      Dataset alone = one.submit(() -> Digits.generate(1500, 3)).get();
      assertTrue(equal(all.featureData(), alone.featureData()));
    }
    assertTrue(!equal(all.featureData(), Digits.generate(1500, 4).featureData()));
    assertTrue(!equal(all.featureData(), Digits.generate(1500, 3L << 32).featureData()));
  }

  @Test
  void partsShareNoImage() {
    Set<Long> seen = new HashSet<>();
    for (Part part : Part.values()) {
      Dataset digits = Digits.generate(part, 3, 0, 2000);
      for (int i = 0; i < digits.size(); i++) {
        seen.add(checksum(digits.featureData().asSlice(784L * i, 784)));
      }
    }
    assertTrue(seen.size() >= 3999, "one clash of 32-bit checksums may happen: " + seen.size());
    long far = 1L << 40;
    MemorySegment there = Digits.generate(Part.TRAIN, 3, far, 1).featureData();
    assertTrue(!equal(there, Digits.generate(1, 3).featureData()));
  }

  /** The same on every machine, and from one release to the next. */
  @Test
  void theBytesNeverChange() {
    Dataset digits = Digits.generate(1000, 42);
    assertEquals(1338619660L, checksum(digits.featureData()));
    assertEquals(2268391189L, checksum(digits.targetData()));
  }

  /** Each class's mean image differs from every other's by more than chance. */
  @Test
  void classesLookDifferent() {
    Dataset digits = Digits.generate(4000, 9);
    double[][] mean = new double[10][784];
    int[] count = new int[10];
    for (int i = 0; i < digits.size(); i++) {
      count[digits.label(i)]++;
      for (int p = 0; p < 784; p++) {
        mean[digits.label(i)][p] +=
            digits.featureData().get(ValueLayout.JAVA_BYTE, 784L * i + p) & 0xFF;
      }
    }
    for (int a = 0; a < 10; a++) {
      for (int b = 0; b < a; b++) {
        double difference = 0;
        for (int p = 0; p < 784; p++) {
          difference += Math.abs(mean[a][p] / count[a] - mean[b][p] / count[b]) / 255;
        }
        assertTrue(difference > 15, a + " and " + b + " differ by " + difference);
      }
    }
  }

  @Test
  void refusesNumbersThatMakeNoSense() {
    assertThrows(LaminaException.class, () -> Digits.generate(0, 1));
    assertThrows(LaminaException.class, () -> Digits.generate(Part.TEST, 1, -1, 5));
  }
}
