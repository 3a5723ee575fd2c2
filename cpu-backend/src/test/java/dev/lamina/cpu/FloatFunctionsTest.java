package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.formula.Expr;
import dev.lamina.formula.Formula;
import dev.lamina.formula.FormulaBuilder;
import dev.lamina.formula.UnaryFunction;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The generated elementary functions of vectors over all magnitudes of both signs. */
class FloatFunctionsTest {
  /** Every so manieth float is tried. */
  private static final int STEP = 1009;

  @ParameterizedTest
  @EnumSource
  void errorsAreAsStated(UnaryFunction function) {
    int count = (int) ((1L << 32) / STEP);
    try (Arena arena = Arena.ofShared();
        OwnWorkspace workspace = new OwnWorkspace()) {
      TensorType type = TensorType.of(DType.FP32, count);
      MemorySegment in = arena.allocate(type.bytes(), 64);
      MemorySegment out = arena.allocate(type.bytes(), 64);
      for (int i = 0; i < count; i++) {
        in.setAtIndex(ValueLayout.JAVA_INT, i, i * STEP);
      }
      Task task =
          Formulas.tasks(
                  formula(function),
                  type.shape(),
                  List.of(new Buffer(in, type)),
                  List.of(new Buffer(out, type)),
                  true,
                  workspace)
              .getFirst();
      assertTrue(task instanceof VectorFormulaTask);
      for (int chunk = 0; chunk < task.chunks(); chunk++) {
        task.run(chunk);
      }
      for (int i = 0; i < count; i++) {
        float x = in.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        float y = out.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        double exact = function.value(x);
        if ((float) exact != y && !(Double.isNaN(exact) && Float.isNaN(y))) {
          double error = Math.abs(y - exact) / Math.ulp((float) exact);
          assertTrue(
              error <= function.ulps(),
              () -> function + "(" + x + "): expected " + exact + ", got " + y);
        }
      }
    }
  }

  private static Formula formula(UnaryFunction function) {
    FormulaBuilder f = new FormulaBuilder();
    Expr x = f.full(DType.FP32);
    f.output(f.apply(function, x), DType.FP32);
    return f.build();
  }
}
