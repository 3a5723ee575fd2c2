package dev.lamina.io;

import dev.lamina.type.DType;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The element types of the safetensors format, in the reference implementation's order: by it files
 * are laid out, widest first. Those without a {@link DType} are recognised, so that a file is
 * checked whole, and read where {@link #readAs} is exact.
 */
enum SafetensorsType {
  BOOL(8, null),
  F4(4, null),
  F6_E2M3(6, null),
  F6_E3M2(6, null),
  U8(8, DType.UINT8),
  I8(8, null),
  F8_E5M2(8, null),
  F8_E4M3(8, null),
  F8_E8M0(8, null),
  I16(16, null),
  U16(16, null),
  F16(16, DType.FP32),
  BF16(16, DType.FP32),
  I32(32, DType.INT32),
  U32(32, null),
  F32(32, DType.FP32),
  C64(64, null),
  F64(64, DType.FP64),
  I64(64, DType.INT32),
  U64(64, null);

  private final int bits;
  private final DType readAs;

  SafetensorsType(int bits, DType readAs) {
    this.bits = bits;
    this.readAs = readAs;
  }

  int bits() {
    return bits;
  }

  /** The type that its elements have once read, if Lamina has one that holds them. */
  Optional<DType> readAs() {
    return Optional.ofNullable(readAs);
  }

  static Optional<SafetensorsType> named(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
  }

  static SafetensorsType of(DType dtype) {
    return switch (dtype) {
      case FP32 -> F32;
      case FP64 -> F64;
      case BF16 -> BF16;
      case INT32 -> I32;
      case UINT8 -> U8;
    };
  }

  /** The types that can be read, for messages. */
  static String readable() {
    return Arrays.stream(values())
        .filter(type -> type.readAs != null)
        .map(Enum::name)
        .collect(Collectors.joining(", "));
  }
}
