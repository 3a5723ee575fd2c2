package dev.lamina.tensor;

import dev.lamina.type.BFloat16;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Conversions between Java arrays of doubles and tensors of any type. */
final class HostArrays {
  private HostArrays() {}

  static Tensor of(TensorArena arena, double[] numbers, TensorType type) {
    return arena.of(pack(numbers, type.dtype()), type);
  }

  static MemorySegment pack(double[] numbers, DType dtype) {
    return switch (dtype) {
      case FP32 -> {
        float[] floats = new float[numbers.length];
        for (int i = 0; i < floats.length; i++) {
          floats[i] = (float) numbers[i];
        }
        yield MemorySegment.ofArray(floats);
      }
      case FP64 -> MemorySegment.ofArray(numbers);
      case BF16 -> {
        short[] halves = new short[numbers.length];
        for (int i = 0; i < halves.length; i++) {
          halves[i] = BFloat16.of(numbers[i]);
        }
        yield MemorySegment.ofArray(halves);
      }
      case INT32 -> MemorySegment.ofArray(Arrays.stream(numbers).mapToInt(x -> (int) x).toArray());
      case UINT8 -> {
        byte[] bytes = new byte[numbers.length];
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) Math.clamp((long) numbers[i], 0, 255);
        }
        yield MemorySegment.ofArray(bytes);
      }
    };
  }

  static double[] toDoubles(Tensor tensor) {
    return switch (tensor.dtype()) {
      case FP32 -> widened(tensor.toFloats());
      case FP64 -> {
        double[] numbers = new double[Math.toIntExact(tensor.type().size())];
        tensor.read(MemorySegment.ofArray(numbers));
        yield numbers;
      }
      case BF16 -> {
        short[] halves = new short[Math.toIntExact(tensor.type().size())];
        tensor.read(MemorySegment.ofArray(halves));
        yield widened(BFloat16.toFloats(halves));
      }
      case INT32 -> Arrays.stream(tensor.toInts()).asDoubleStream().toArray();
      case UINT8 -> {
        byte[] bytes = tensor.toBytes();
        double[] numbers = new double[bytes.length];
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] = Byte.toUnsignedInt(bytes[i]);
        }
        yield numbers;
      }
    };
  }

  private static double[] widened(float[] floats) {
    double[] numbers = new double[floats.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = floats[i];
    }
    return numbers;
  }
}
