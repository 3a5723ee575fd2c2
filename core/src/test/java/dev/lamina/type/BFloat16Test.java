package dev.lamina.type;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BFloat16Test {
  @Test
  void everyNumberIsItself() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = BFloat16.toFloat((short) bits);
      short back = BFloat16.of(value);
      if (Float.isNaN(value)) {
        assertTrue(Float.isNaN(BFloat16.toFloat(back)));
        assertTrue(Float.isNaN(BFloat16.toFloat(BFloat16.of((double) value))));
      } else {
        assertEquals((short) bits, back);
        assertEquals((short) bits, BFloat16.of((double) value));
      }
    }
  }

  /** Between each number and the next, all that decides is on which side of the middle one is. */
  @Test
  void everythingElseIsRoundedToNearest() {
    for (int bits = 0; bits < 0x7F7F; bits++) {
      double below = BFloat16.toFloat((short) bits);
      double above = BFloat16.toFloat((short) (bits + 1));
      double middle = below + (above - below) / 2;
      short even = (short) (bits % 2 == 0 ? bits : bits + 1);
      for (int sign : new int[] {1, -1}) {
        short mask = (short) (sign < 0 ? 0x8000 : 0);
        assertEquals((short) (even | mask), BFloat16.of(sign * middle));
        assertEquals((short) (even | mask), BFloat16.of((float) (sign * middle)));
        assertEquals((short) (bits | mask), BFloat16.of(sign * Math.nextDown(middle)));
        assertEquals((short) (bits + 1 | mask), BFloat16.of(sign * Math.nextUp(middle)));
        float single = (float) middle;
        assertEquals((short) (bits | mask), BFloat16.of(sign * Math.nextDown(single)));
        assertEquals((short) (bits + 1 | mask), BFloat16.of(sign * Math.nextUp(single)));
      }
    }
  }

  @Test
  void whatIsTooLargeIsInfinite() {
    double largest = BFloat16.toFloat((short) 0x7F7F);
    double step = largest - BFloat16.toFloat((short) 0x7F7E);
    assertEquals((short) 0x7F7F, BFloat16.of(Math.nextDown(largest + step / 2)));
    assertEquals((short) 0x7F80, BFloat16.of(largest + step / 2));
    assertEquals((short) 0x7F80, BFloat16.of(Double.MAX_VALUE));
    assertEquals((short) 0xFF80, BFloat16.of(-Double.MAX_VALUE));
    assertEquals((short) 0x7F80, BFloat16.of(Double.POSITIVE_INFINITY));
    assertEquals((short) 0x7F80, BFloat16.of(Float.MAX_VALUE));
    assertEquals((short) 0, BFloat16.of(Double.MIN_VALUE));
    assertEquals((short) 0x8000, BFloat16.of(-Double.MIN_VALUE));
  }

  /** Against decimal arithmetic: 8 significant binary digits, half to even. */
  @Test
  void asDecimalArithmeticRounds() {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 100_000; i++) {
      double value = Math.scalb(random.nextDouble(-1, 1), random.nextInt(-100, 100));
      double step = Math.scalb(1.0, Math.getExponent(value) - 7);
      double expected =
          new BigDecimal(value / step).setScale(0, RoundingMode.HALF_EVEN).doubleValue() * step;
      assertEquals(expected, BFloat16.toFloat(BFloat16.of(value)));
    }
  }
}
