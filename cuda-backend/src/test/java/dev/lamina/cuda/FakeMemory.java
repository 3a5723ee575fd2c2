package dev.lamina.cuda;

import dev.lamina.backend.Call;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.op.Op;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Memory without content, for what only looks at places. */
record FakeMemory(String label, long byteSize) implements Memory {
  private static final long SIZE = 1L << 50;

  /** Memory of practically any size. */
  static FakeMemory large(String label) {
    return new FakeMemory(label, SIZE);
  }

  /** A call of an operation with operands of their own. */
  static Call call(Op op, TensorType... inputs) {
    FakeMemory memory = large(op.label());
    List<Operand> in = new ArrayList<>();
    long at = 0;
    for (TensorType type : inputs) {
      in.add(new Operand(memory, at, type));
      at += (type.bytes() + 255) / 256 * 256;
    }
    List<Operand> out = new ArrayList<>();
    for (TensorType type : op.infer(List.of(inputs))) {
      out.add(new Operand(memory, at, type));
      at += (type.bytes() + 255) / 256 * 256;
    }
    return new Call(op.label(), op, in, out);
  }

  @Override
  public void write(long offset, MemorySegment source) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void read(long offset, MemorySegment target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
