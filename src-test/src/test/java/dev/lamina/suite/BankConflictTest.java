package dev.lamina.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.op.ActivateGradientBias;
import dev.lamina.op.Activation;
import dev.lamina.op.ArgMax;
import dev.lamina.op.Op;
import dev.lamina.op.Reduce;
import dev.lamina.op.Softmax;
import dev.lamina.op.Transpose;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Lanes that use shared memory at the same time use different banks of it. */
class BankConflictTest extends EmulatedProducts {
  private static Stream<OpCase> cases() {
    List<OpCase> cases = new ArrayList<>();
    // In one piece and in several, read in packs and one by one.
    for (long[] shape : new long[][] {{20, 256}, {200, 256}, {200, 70}, {200, 33}}) {
      for (DType dtype : CaseList.FLOATING) {
        TensorType x = TensorType.of(dtype, shape);
        cases.add(of(new Reduce(Reduce.Kind.SUM, Reduce.Axis.ROWS), x));
        cases.add(of(new ActivateGradientBias(Activation.RELU), x, x));
        cases.add(of(new Softmax(false), x));
        cases.add(of(new ArgMax(Reduce.Axis.ROWS), x));
        cases.add(of(new ArgMax(Reduce.Axis.COLUMNS), x));
      }
      for (DType dtype : DType.values()) {
        cases.add(of(new Transpose(), TensorType.of(dtype, shape)));
      }
    }
    for (DType dtype : CaseList.FLOATING) {
      cases.add(of(new Reduce(Reduce.Kind.MAX, Reduce.Axis.ALL), TensorType.of(dtype, 20_000)));
    }
    return cases.stream();
  }

  private static OpCase of(Op op, TensorType... types) {
    DType dtype = types[0].dtype();
    Sampler sampler = dtype.isFloating() ? Samplers.NORMAL : Samplers.BYTES;
    List<Sampler> samplers = Collections.nCopies(types.length, sampler);
    return new OpCase(op, dtype, List.of(types), samplers, false);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void noneIsThere(OpCase opCase) {
    emulator.set("banks", true);
    try (Backend backend = Backends.open("cuda", FIRST)) {
      assertEquals(List.of(), new CaseRunner(backend).failures(opCase));
    }
    assertTrue(emulator.counter("launches") > 0);
    assertEquals(0, emulator.counter("bank_conflicts"));
  }
}
