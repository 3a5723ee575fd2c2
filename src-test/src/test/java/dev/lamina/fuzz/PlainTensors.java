package dev.lamina.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors of a safetensors file, read by the format's definition
 * (huggingface.co/docs/safetensors) and nothing else: what the reader says is compared with them.
 *
 * @param metadata the file's {@code __metadata__}
 */
record PlainTensors(Map<String, Tensor> tensors, Map<?, ?> metadata) {
  /** A tensor: its elements' type as the file calls it, its shape, and its bytes. */
  record Tensor(String dtype, List<?> shape, ByteBuffer bytes) {
    /** Its elements as the numbers that they stand for. */
    double[] numbers() {
      double[] numbers =
          new double
              [shape.stream().mapToInt(n -> ((Long) n).intValue()).reduce(1, Math::multiplyExact)];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] =
            switch (dtype) {
              case "U8" -> bytes.get(i) & 0xFF;
              case "BF16" -> Float.intBitsToFloat(bytes.getShort(2 * i) << 16);
              case "F16" -> Float.float16ToFloat(bytes.getShort(2 * i));
              case "F32" -> bytes.getFloat(4 * i);
              case "I32" -> bytes.getInt(4 * i);
              case "F64" -> bytes.getDouble(8 * i);
              case "I64" -> bytes.getLong(8 * i);
              default -> throw new AssertionError(dtype + " was read");
            };
      }
      return numbers;
    }
  }

  static PlainTensors of(byte[] file) {
    ByteBuffer all = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int header = Math.toIntExact(all.getLong());
    int data = 8 + header;
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Map<?, ?> metadata = Map.of();
    Map<?, ?> entries = (Map<?, ?>) PlainJson.of(Arrays.copyOfRange(file, 8, data));
    for (Map.Entry<?, ?> entry : entries.entrySet()) {
      Map<?, ?> fields = (Map<?, ?>) entry.getValue();
      if (entry.getKey().equals("__metadata__")) {
        metadata = fields;
        continue;
      }
      List<?> ends = (List<?>) fields.get("data_offsets");
      int begin = Math.toIntExact((Long) ends.get(0));
      int end = Math.toIntExact((Long) ends.get(1));
      ByteBuffer bytes = all.slice(data + begin, end - begin).order(ByteOrder.LITTLE_ENDIAN);
      tensors.put(
          (String) entry.getKey(),
          new Tensor((String) fields.get("dtype"), (List<?>) fields.get("shape"), bytes));
    }
    return new PlainTensors(tensors, metadata);
  }
}
