package dev.lamina.suite;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.oracle.Value;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A case's operands in device memory, with guard bytes around them, and the bytes that every
 * allocation starts with, so that any byte that changes and should not is found.
 */
final class Stage implements AutoCloseable {
  private static final int GUARD = 128;

  private final List<Memory> memories = new ArrayList<>();
  private final List<byte[]> images = new ArrayList<>();
  private final List<Operand> operands = new ArrayList<>();

  /** Allocates memory for tensors of these types. */
  Stage(Backend backend, Placement placement, List<TensorType> types) {
    long[] offsets = new long[types.size()];
    long end = GUARD;
    for (int i = 0; i < offsets.length; i++) {
      long aligned = (end + Operand.ALIGNMENT - 1) / Operand.ALIGNMENT * Operand.ALIGNMENT;
      offsets[i] =
          switch (placement) {
            case ALIGNED -> aligned;
            case UNALIGNED -> aligned + (long) types.get(i).dtype().bytes() * (1 + i % 3);
            case SEPARATE -> 0;
          };
      end = offsets[i] + types.get(i).bytes() + GUARD;
    }
    if (placement != Placement.SEPARATE) {
      add(backend.allocate("operands", end), end);
    }
    for (int i = 0; i < offsets.length; i++) {
      if (placement == Placement.SEPARATE) {
        long bytes = types.get(i).bytes();
        add(backend.allocate("operand " + i, bytes), bytes);
      }
      operands.add(new Operand(memories.getLast(), offsets[i], types.get(i)));
    }
  }

  private void add(Memory memory, long bytes) {
    byte[] image = new byte[Math.toIntExact(bytes)];
    for (int i = 0; i < image.length; i++) {
      image[i] = (byte) (0x5A ^ i * 7);
    }
    memories.add(memory);
    images.add(image);
  }

  Operand operand(int i) {
    return operands.get(i);
  }

  /** Sets what an operand holds at first. */
  void put(int i, Value value) {
    Elements.encode(value, image(i), operands.get(i).offset());
  }

  /** Lets an operand hold NaN, or −1, at first: what is not written is seen. */
  void spoil(int i) {
    int offset = Math.toIntExact(operands.get(i).offset());
    int bytes = Math.toIntExact(operands.get(i).type().bytes());
    Arrays.fill(image(i), offset, offset + bytes, (byte) 0xFF);
  }

  private byte[] image(int i) {
    return images.get(memories.indexOf(operands.get(i).memory()));
  }

  /** Writes the first content of all memory to the device. */
  void write() {
    for (int i = 0; i < memories.size(); i++) {
      memories.get(i).write(0, MemorySegment.ofArray(images.get(i)));
    }
  }

  /** Reads all memory back. */
  List<byte[]> read() {
    List<byte[]> result = new ArrayList<>();
    for (int i = 0; i < memories.size(); i++) {
      byte[] bytes = new byte[images.get(i).length];
      memories.get(i).read(0, MemorySegment.ofArray(bytes));
      result.add(bytes);
    }
    return result;
  }

  /** An operand's elements in what was read. */
  Value value(int i, List<byte[]> content) {
    Operand operand = operands.get(i);
    return Elements.decode(
        operand.type(), content.get(memories.indexOf(operand.memory())), operand.offset());
  }

  /**
   * Compares all bytes outside of the operands that may be written with what was there at first.
   *
   * @return what was overwritten, or null
   */
  String overrun(List<byte[]> content, List<Integer> writable) {
    for (int m = 0; m < memories.size(); m++) {
      byte[] expected = images.get(m).clone();
      byte[] got = content.get(m);
      for (int i : writable) {
        Operand operand = operands.get(i);
        if (operand.memory() == memories.get(m)) {
          int offset = Math.toIntExact(operand.offset());
          System.arraycopy(got, offset, expected, offset, Math.toIntExact(operand.type().bytes()));
        }
      }
      int at = Arrays.mismatch(expected, got);
      if (at >= 0) {
        return describe(m, at);
      }
    }
    return null;
  }

  private String describe(int memory, int at) {
    for (int i = 0; i < operands.size(); i++) {
      Operand operand = operands.get(i);
      long within = at - operand.offset();
      if (operand.memory() == memories.get(memory)
          && within >= -GUARD
          && within < operand.type().bytes() + GUARD) {
        return "byte "
            + within
            + " of operand "
            + i
            + " "
            + operand.type()
            + " ("
            + operand.type().bytes()
            + " bytes) was overwritten";
      }
    }
    return "byte " + at + " between the operands was overwritten";
  }

  @Override
  public void close() {
    memories.forEach(Memory::close);
  }
}
