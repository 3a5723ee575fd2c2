package dev.lamina.cuda.lt;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;

/**
 * How a product is to be computed: cublasLtMatmulHeuristicResult_t. An algorithm is valid for one
 * description of a product, one version of cuBLAS and one kind of device.
 */
public final class MatmulAlgorithm {
  /** cublasLtMatmulAlgo_t: opaque. */
  static final SequenceLayout ALGORITHM = MemoryLayout.sequenceLayout(8, ValueLayout.JAVA_LONG);

  /** cublasLtMatmulHeuristicResult_t. */
  static final StructLayout RESULT =
      MemoryLayout.structLayout(
          ALGORITHM.withName("algo"),
          ValueLayout.JAVA_LONG.withName("workspaceSize"),
          ValueLayout.JAVA_INT.withName("state"),
          ValueLayout.JAVA_FLOAT.withName("wavesCount"),
          MemoryLayout.sequenceLayout(4, ValueLayout.JAVA_INT).withName("reserved"));

  private final byte[] algorithm;
  private final long workspaceBytes;
  private final int status;
  private final float waves;

  private MatmulAlgorithm(byte[] algorithm, long workspaceBytes, int status, float waves) {
    this.algorithm = algorithm;
    this.workspaceBytes = workspaceBytes;
    this.status = status;
    this.waves = waves;
  }

  static MatmulAlgorithm of(MemorySegment result) {
    return new MatmulAlgorithm(
        result.asSlice(offset("algo"), ALGORITHM.byteSize()).toArray(ValueLayout.JAVA_BYTE),
        result.get(ValueLayout.JAVA_LONG, offset("workspaceSize")),
        result.get(ValueLayout.JAVA_INT, offset("state")),
        result.get(ValueLayout.JAVA_FLOAT, offset("wavesCount")));
  }

  /**
   * An algorithm that was kept as text.
   *
   * @param text what {@link #toString} gave
   * @param workspaceBytes what {@link #workspaceBytes} gave
   */
  public static MatmulAlgorithm parse(String text, long workspaceBytes) {
    byte[] bytes = HexFormat.of().parseHex(text);
    if (bytes.length != ALGORITHM.byteSize() || workspaceBytes < 0) {
      throw new IllegalArgumentException(
          "expected an algorithm of "
              + ALGORITHM.byteSize()
              + " bytes, got "
              + bytes.length
              + " with a workspace of "
              + workspaceBytes);
    }
    return new MatmulAlgorithm(bytes, workspaceBytes, Status.SUCCESS.value(), 0);
  }

  /** How much workspace it needs. */
  public long workspaceBytes() {
    return workspaceBytes;
  }

  /** How many waves of thread blocks it takes, as cuBLAS estimates; 0 if unknown. */
  public float waves() {
    return waves;
  }

  int status() {
    return status;
  }

  MemorySegment segment(Arena arena) {
    MemorySegment segment = arena.allocate(ALGORITHM);
    MemorySegment.copy(algorithm, 0, segment, ValueLayout.JAVA_BYTE, 0, algorithm.length);
    return segment;
  }

  static long offset(String field) {
    return RESULT.byteOffset(MemoryLayout.PathElement.groupElement(field));
  }

  /** Its bytes as hexadecimal digits, to keep in a file. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(algorithm);
  }
}
