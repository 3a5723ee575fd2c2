package dev.lamina.fuzz;

import dev.lamina.io.Safetensors;
import dev.lamina.io.SafetensorsFile;
import dev.lamina.io.TensorData;
import dev.lamina.type.BFloat16;
import dev.lamina.type.DType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Reads all tensors of safetensors files. */
final class TensorReader implements Reader {
  @Override
  public boolean read(Path file) throws IOException {
    try (SafetensorsFile open = Safetensors.open(file);
        Arena arena = Arena.ofConfined()) {
      List<TensorData> read = open.names().stream().map(name -> open.read(name, arena)).toList();
      PlainTensors plain = PlainTensors.of(Files.readAllBytes(file));
      Reader.require(open.metadata().equals(plain.metadata()), "" + open.metadata());
      Reader.require(open.names().size() == plain.tensors().size(), "" + open.names());
      for (TensorData tensor : read) {
        PlainTensors.Tensor expected = plain.tensors().get(tensor.name());
        Reader.require(
            expected
                .shape()
                .equals(Arrays.stream(tensor.type().shape().extents()).boxed().toList()),
            tensor.name() + " " + tensor.type());
        compare(tensor.name(), tensor.type().dtype(), tensor.data(), expected.numbers());
      }
    }
    return true;
  }

  /** Compares elements; all NaN are one. */
  static void compare(String name, DType dtype, MemorySegment data, double[] expected) {
    Reader.require(data.byteSize() == (long) expected.length * dtype.bytes(), name);
    for (int i = 0; i < expected.length; i++) {
      double element =
          switch (dtype) {
            case FP32 -> data.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i);
            case FP64 -> data.getAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, i);
            case BF16 -> BFloat16.toFloat(data.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i));
            case INT32 -> data.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i);
            case UINT8 -> data.get(ValueLayout.JAVA_BYTE, i) & 0xFF;
          };
      Reader.require(Double.compare(element, expected[i]) == 0, name + ", element " + i);
    }
  }
}
