package dev.lamina.emulator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.formula.Expr;
import dev.lamina.op.Map;
import dev.lamina.op.Pointwise;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Formulas of which no kernel is shipped, on a machine without NVRTC. */
class InterpretedFormulaTest extends EmulatedDevice {
  private static final String NVRTC = "lamina.cuda.nvrtc";
  private static final Pointwise OWN = Pointwise.of(x -> x.erf().exp().minus(x.tanh()));
  private static final TensorType TYPE = TensorType.of(DType.FP32, 1003);

  private final Logger logger = Logger.getLogger("dev.lamina.cuda.Kernels");
  private final List<String> lines = new ArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          lines.add(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
  }

  @AfterEach
  void clear() {
    logger.removeHandler(handler);
    logger.setUseParentHandlers(true);
    System.clearProperty(NVRTC);
  }

  /** y = f(f(x)) after some runs, most of them replayed as a graph. */
  private float[] twice(Map map, int runs) {
    try (Backend cuda = Backends.open("cuda");
        Memory memory = cuda.allocate("test", 3 * Operand.aligned(TYPE.bytes()))) {
      Operand[] x = new Operand[3];
      for (int i = 0; i < x.length; i++) {
        x[i] = new Operand(memory, i * Operand.aligned(TYPE.bytes()), TYPE);
      }
      float[] values = new float[(int) TYPE.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (i - 500) / 100f;
      }
      memory.write(0, MemorySegment.ofArray(values));
      Call first = new Call("first", map, List.of(x[0]), List.of(x[1]));
      Call second = new Call("second", map, List.of(x[1]), List.of(x[2]));
      try (Executable program = cuda.compile("program", List.of(first, second))) {
        program.run(runs);
        cuda.synchronize();
      }
      memory.read(x[2].offset(), MemorySegment.ofArray(values));
      return values;
    }
  }

  @Test
  void theBitsAreThoseOfTheCompiledKernelAndOneLineSaysWhatToInstall() {
    Map map = OWN.on(TYPE);
    float[] compiled = twice(map, 11);
    assertEquals(List.of(), lines);
    System.setProperty(NVRTC, "false");
    assertArrayEquals(compiled, twice(map, 11));
    assertTrue(emulator.counter("graph_launches") > 0, "in a captured graph");
    assertEquals(1, lines.size(), lines::toString);
    assertTrue(lines.getFirst().contains("pip install nvidia-cuda-nvrtc"), lines::toString);
    assertEquals(List.of(), emulator.findings());
    assertEquals("", emulator.live());
  }

  @Test
  void aFormulaThatIsTooLargeIsRefusedWithItsSize() {
    System.setProperty(NVRTC, "false");
    Map large = Pointwise.of(InterpretedFormulaTest::large).on(TYPE);
    String message = assertThrows(LaminaException.class, () -> twice(large, 1)).getMessage();
    assertTrue(message.contains("may have 48 numbers of an element at once"), message);
    assertTrue(message.contains("pip install nvidia-cuda-nvrtc"), message);
  }

  /** Sixty functions of x that are all needed at the end. */
  private static Expr large(Expr x) {
    List<Expr> parts = new ArrayList<>(List.of(x));
    for (int i = 0; i < 60; i++) {
      parts.add(parts.getLast().sigmoid());
    }
    Expr sum = x;
    for (Expr part : parts.reversed()) {
      sum = sum.times(part);
    }
    return sum;
  }
}
