package dev.lamina.suite;

import dev.lamina.oracle.Value;
import dev.lamina.type.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Elements as bytes, in the machine's byte order. */
final class Elements {
  private Elements() {}

  static void encode(Value value, byte[] target, long offset) {
    ByteBuffer buffer = buffer(target, offset);
    for (double x : value.data()) {
      switch (value.type().dtype()) {
        case FP32 -> buffer.putFloat((float) x);
        case FP64 -> buffer.putDouble(x);
        case BF16 -> buffer.putShort((short) (Float.floatToRawIntBits((float) x) >>> 16));
        case INT32 -> buffer.putInt((int) x);
        case UINT8 -> buffer.put((byte) (int) x);
      }
    }
  }

  static Value decode(TensorType type, byte[] source, long offset) {
    ByteBuffer buffer = buffer(source, offset);
    double[] data = new double[Math.toIntExact(type.size())];
    for (int i = 0; i < data.length; i++) {
      data[i] =
          switch (type.dtype()) {
            case FP32 -> buffer.getFloat();
            case FP64 -> buffer.getDouble();
            case BF16 -> Float.intBitsToFloat(buffer.getShort() << 16);
            case INT32 -> buffer.getInt();
            case UINT8 -> buffer.get() & 0xFF;
          };
    }
    return new Value(type, data);
  }

  private static ByteBuffer buffer(byte[] bytes, long offset) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).position(Math.toIntExact(offset));
  }
}
