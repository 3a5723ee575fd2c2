package dev.lamina.emulator;

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
import dev.lamina.backend.Uploads;
import dev.lamina.op.Activation;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies beside the computation: ordered by events, and found where they are not. */
class UploadsTest extends EmulatedDevice {
  private static final int SIZE = 64;
  private static final TensorType TYPE = TensorType.of(DType.FP32, SIZE);

  private Backend backend;
  private Memory memory;
  private Executable relu;
  private Uploads uploads;

  @BeforeEach
  void open() {
    backend = SmallTraining.openCuda();
    memory = backend.allocate("test", 2 * TYPE.bytes());
    memory.write(0, MemorySegment.ofArray(new float[2 * SIZE]));
    Operand x = new Operand(memory, 0, TYPE);
    Operand y = new Operand(memory, TYPE.bytes(), TYPE);
    relu =
        backend.compile(
            "test",
            List.of(new Call("relu", Activation.RELU.function().on(TYPE), List.of(x), List.of(y))));
    uploads = backend.uploads("uploads of a test", 2, TYPE.bytes() + 4);
  }

  private void fill(int slot, float value) {
    MemorySegment buffer = uploads.await(slot);
    for (int i = 0; i < SIZE; i++) {
      buffer.set(ValueLayout.JAVA_FLOAT, 4 + 4L * i, value + i);
    }
  }

  /** In two parts, from the buffer's second number on. */
  private void start(int slot) {
    uploads.start(slot, 4, memory, 0, 40);
    uploads.start(slot, 44, memory, 40, TYPE.bytes() - 40);
  }

  private float[] result() {
    float[] result = new float[SIZE];
    memory.read(TYPE.bytes(), MemorySegment.ofArray(result));
    return result;
  }

  private static float[] expected(float value) {
    float[] expected = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      expected[i] = value + i;
    }
    return expected;
  }

  private void close() {
    uploads.close();
    relu.close();
    memory.close();
    backend.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lazy", "eager", "random"})
  void whatIsComputedSeesWhatWasCopied(String schedule) {
    emulator.set("schedule", schedule);
    for (int round = 0; round < 6; round++) {
      int slot = round % 2;
      fill(slot, round);
      start(slot);
      uploads.arrive(slot);
      relu.run();
      uploads.release(1 - slot);
      if (round % 3 == 2) {
        assertArrayEquals(expected(round), result());
      }
    }
    close();
    assertEquals(List.of(), emulator.findings());
    assertEquals("", emulator.live());
    assertEquals(0, emulator.counter("live_streams"));
    assertEquals(0, emulator.counter("live_events"));
  }

  /** The buffer's last copies end before it is filled again. */
  @Test
  void aBufferIsGivenWhenItWasCopied() {
    fill(0, 1);
    start(0);
    fill(0, 100);
    uploads.arrive(0);
    relu.run();
    assertArrayEquals(expected(1), result());
    close();
  }

  private void expectFinding(String finding) {
    emulator.set("quiet", true);
    assertThrows(
        LaminaException.class,
        () -> {
          backend.synchronize();
          uploads.await(0);
        });
    assertThrows(LaminaException.class, backend::close);
    assertTrue(emulator.findings().getFirst().contains(finding), emulator.findings().toString());
  }

  /** Planted: nothing lets the computation come after the copy. */
  @Test
  void aMissingArrivalIsFound() {
    fill(0, 1);
    start(0);
    relu.run();
    expectFinding("unordered write: nothing orders it after kernel");
  }

  /** Planted: nothing lets the second copy come after what is computed on the first. */
  @Test
  void aMissingReleaseIsFound() {
    for (int round = 0; round < 2; round++) {
      fill(0, round);
      start(0);
      uploads.arrive(0);
      relu.run();
    }
    expectFinding("unordered write: nothing orders it after kernel");
  }

  @Test
  void closedWithTheBackendItRefusesToWork() {
    MemorySegment buffer = uploads.await(1);
    fill(0, 1);
    start(0);
    backend.close();
    assertEquals("", emulator.live());
    assertEquals(List.of(), emulator.findings());
    uploads.close();
    String message = assertThrows(IllegalStateException.class, () -> uploads.await(0)).getMessage();
    assertTrue(message.contains("uploads of a test"), message);
    assertThrows(IllegalStateException.class, () -> buffer.set(ValueLayout.JAVA_BYTE, 0, (byte) 1));
  }
}
