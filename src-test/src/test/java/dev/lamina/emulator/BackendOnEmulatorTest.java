package dev.lamina.emulator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.BackendProvider;
import dev.lamina.backend.Backends;
import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.op.Activation;
import dev.lamina.op.Op;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The CUDA backend finds the emulator, computes on it, captures and replays, and leaves nothing.
 */
class BackendOnEmulatorTest {

  @Test
  void computesCapturesAndCleansUp() {
    CudaEmulator emulator = CudaEmulator.orSkip();
    emulator.reset();
    emulator.enableBackend();
    BackendProvider cuda =
        Backends.providers().stream()
            .filter(p -> p.name().equals("cuda"))
            .findFirst()
            .orElseThrow();
    assertTrue(cuda.probe().getFirst().usable(), () -> cuda.probe().toString());
    float[] x = {-2, -1, 0, 1, 2};
    float[] y = new float[x.length];
    TensorType type = new TensorType(DType.FP32, Shape.of(x.length));
    try (Backend backend = cuda.open(BackendOptions.DEFAULT.withAutotune(false));
        Memory memory = backend.allocate("test", 768)) {
      memory.write(0, MemorySegment.ofArray(x));
      Operand first = new Operand(memory, 0, type);
      Operand second = new Operand(memory, 256, type);
      Operand third = new Operand(memory, 512, type);
      Op relu = Activation.RELU.function().on(type);
      List<Call> calls =
          List.of(
              new Call("first", relu, List.of(first), List.of(second)),
              new Call("second", relu, List.of(second), List.of(third)));
      try (Executable executable = backend.compile("test", calls)) {
        executable.run(5);
        executable.run(5);
      }
      memory.read(512, MemorySegment.ofArray(y));
    }
    assertArrayEquals(new float[] {0, 0, 0, 1, 2}, y);
    assertEquals(List.of(), emulator.findings());
    assertEquals("", emulator.live());
    assertTrue(emulator.counter("launches") > 0);
    assertTrue(emulator.counter("graph_launches") > 0);
    emulator.reset();
  }
}
