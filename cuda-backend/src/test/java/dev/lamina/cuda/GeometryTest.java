package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.type.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How work is cut, at small, odd and enormous sizes. */
class GeometryTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 31, 1023, 1025, 100_003, 1L << 31, 1L << 40})
  void gridsAreWithinCudasLimits(long n) {
    for (DType dtype : new DType[] {DType.FP32, DType.FP64}) {
      assertTrue(Geometry.elementwise(n, Geometry.pack(dtype)) >= 1);
      assertTrue(Geometry.elementwise(n, 1) <= Integer.MAX_VALUE);
      assertTrue(Geometry.lossParts(n, dtype) <= 1024);
      assertTrue(Geometry.ceil(n, Geometry.piece(n)) <= 1024);
      for (long columns : new long[] {1, 10, 4096, 1 << 20}) {
        long rows = Geometry.pieceRows(n, columns, dtype);
        assertTrue(rows >= 8 && rows % 8 == 0);
        assertTrue(Geometry.ceil(n, rows) <= Geometry.MAX_GRID_Y);
        assertTrue(Geometry.columnTiles(columns, Geometry.pack(dtype)) <= Integer.MAX_VALUE);
      }
    }
  }

  @Test
  void smallMatricesAreOnePiece() {
    assertEquals(32, Geometry.pieceRows(13, 207, DType.FP32));
    assertEquals(8192, Geometry.piece(1025));
  }
}
