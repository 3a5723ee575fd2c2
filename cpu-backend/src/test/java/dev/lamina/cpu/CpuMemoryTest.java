package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.backend.Precision;
import dev.lamina.op.Gemm;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Memory and what holds it: bounds, lifetimes, messages. */
final class CpuMemoryTest {
  private final Backend backend = new CpuBackend(2, Choice.PLAIN, Choice.PLAIN, Precision.FP32);

  @AfterEach
  void close() {
    backend.close();
  }

  @Test
  void holdsWhatWasWrittenAtAnyOffset() {
    Memory memory = backend.allocate("m", 100);
    memory.write(0, MemorySegment.ofArray(new byte[100]));
    memory.write(13, MemorySegment.ofArray(new byte[] {1, 2, 3}));
    byte[] found = new byte[5];
    memory.read(12, MemorySegment.ofArray(found));
    assertArrayEquals(new byte[] {0, 1, 2, 3, 0}, found);
    assertEquals(100, memory.byteSize());
    assertEquals(0, ((CpuMemory) memory).segment().address() % Operand.ALIGNMENT);
  }

  @Test
  void refusesWhatLiesOutside() {
    Memory memory = backend.allocate("weights", 100);
    MemorySegment four = MemorySegment.ofArray(new int[1]);
    for (long offset : new long[] {-1, 97, 100, Long.MAX_VALUE}) {
      IndexOutOfBoundsException e =
          assertThrows(IndexOutOfBoundsException.class, () -> memory.write(offset, four));
      assertTrue(e.getMessage().contains("'weights'"), e.getMessage());
      assertThrows(IndexOutOfBoundsException.class, () -> memory.read(offset, four));
    }
    memory.write(96, four);
    assertThrows(IllegalArgumentException.class, () -> backend.allocate("none", 0));
  }

  @Test
  void useAfterCloseNamesTheMemory() {
    Memory memory = backend.allocate("moments", 8);
    MemorySegment target = MemorySegment.ofArray(new long[1]);
    memory.close();
    memory.close();
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> memory.read(0, target));
    assertEquals("memory 'moments' is closed", e.getMessage());
  }

  @Test
  void anExecutableWhoseMemoryOrBackendIsClosedDoesNotRun() {
    TensorType type = TensorType.of(DType.FP32, 4, 4);
    Memory in = backend.allocate("in", type.bytes());
    Memory out = backend.allocate("out", type.bytes());
    Operand a = new Operand(in, 0, type);
    List<Call> calls =
        List.of(
            new Call(
                "p", Gemm.of(false, false), List.of(a, a), List.of(new Operand(out, 0, type))));
    Executable first = backend.compile("first", calls);
    Executable second = backend.compile("second", calls);
    first.run(3);
    first.close();
    first.close();
    assertTrue(
        assertThrows(IllegalStateException.class, first::run).getMessage().contains("'first'"));
    out.close();
    assertTrue(
        assertThrows(IllegalStateException.class, second::run).getMessage().contains("'out'"));
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> backend.compile("third", calls))
            .getMessage()
            .contains("'out'"));
    backend.close();
    backend.close();
    assertThrows(IllegalStateException.class, second::run);
    assertThrows(IllegalStateException.class, () -> backend.allocate("late", 1));
    assertThrows(IllegalStateException.class, backend::synchronize);
  }

  @Test
  void memoryOfAnotherBackendIsRefused() {
    TensorType type = TensorType.of(DType.FP32, 1, 1);
    try (Backend other = new CpuBackend(1, Choice.PLAIN, Choice.PLAIN, Precision.FP32)) {
      Operand a = new Operand(other.allocate("foreign", 4), 0, type);
      Call call = new Call("p", Gemm.of(false, false), List.of(a, a), List.of(a));
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> backend.compile("x", List.of(call)));
      assertTrue(e.getMessage().contains("'foreign'"), e.getMessage());
    }
  }

  @Test
  void tooMuchIsRefusedWithNumbers() {
    LaminaException e =
        assertThrows(LaminaException.class, () -> backend.allocate("slab", 1L << 50));
    assertTrue(e.getMessage().contains("'slab'"), e.getMessage());
    assertTrue(e.getMessage().contains("1,125,899,906,842,624 bytes"), e.getMessage());
    assertTrue(e.getMessage().contains("smaller batch"), e.getMessage());
    backend.allocate("small", 8); // the backend goes on
  }
}
