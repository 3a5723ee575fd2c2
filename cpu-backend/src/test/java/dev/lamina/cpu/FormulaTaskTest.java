package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cpu.jit.KernelCache;
import dev.lamina.cpu.jit.KernelPlan;
import dev.lamina.formula.Element;
import dev.lamina.formula.ErrorAnalysis;
import dev.lamina.formula.Evaluation;
import dev.lamina.formula.Expr;
import dev.lamina.formula.Formula;
import dev.lamina.formula.FormulaBuilder;
import dev.lamina.formula.Functions;
import dev.lamina.formula.Input;
import dev.lamina.formula.Kind;
import dev.lamina.formula.Node;
import dev.lamina.formula.Output;
import dev.lamina.formula.Range;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Generated kernels against the formula's own evaluation and its error analysis. */
class FormulaTaskTest {
  private static final List<Shape> SHAPES =
      List.of(
          Shape.scalar(),
          Shape.of(1),
          Shape.of(13),
          Shape.of(40_003),
          Shape.of(1, 1),
          Shape.of(5, 3),
          Shape.of(1500, 10),
          Shape.of(7, 64),
          Shape.of(7, 100),
          Shape.of(3, 5000),
          Shape.of(70, 517));

  /** The operands of a formula for a shape, with numbers that their types hold. */
  private static List<Buffer> operands(Formula formula, Shape shape, Arena arena) {
    SplittableRandom random = new SplittableRandom(shape.hashCode());
    List<Buffer> operands = new ArrayList<>();
    for (Input input : formula.inputs()) {
      Shape own =
          switch (input.kind()) {
            case FULL -> shape;
            case ROW -> Shape.of(shape.columns());
            case COLUMN -> Shape.of(shape.rows(), 1);
            case SINGLE -> Shape.of(input.length());
          };
      double[] values = new double[(int) own.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] =
            switch (input.dtype()) {
              case INT32 -> random.nextInt(-1000, 1000);
              case UINT8 -> random.nextInt(256);
              default -> random.nextInt(9) == 0 ? 0 : 2 * random.nextGaussian();
            };
      }
      operands.add(KernelRunner.buffer(arena, new TensorType(input.dtype(), own), values));
    }
    return operands;
  }

  private static double[] element(
      Input input, Buffer operand, long row, long column, long columns) {
    double[] read = new double[input.length()];
    for (int k = 0; k < read.length; k++) {
      long at =
          switch (input.kind()) {
            case FULL -> row * columns + column;
            case ROW -> column;
            case COLUMN -> row;
            case SINGLE -> k;
          };
      read[k] = Scratch.get(operand, at);
    }
    return read;
  }

  /** Runs a formula both ways for every shape and checks each element of each output. */
  private static void check(Formula formula) {
    for (Shape shape : SHAPES) {
      for (boolean vectors : new boolean[] {false, true}) {
        try (Arena arena = Arena.ofShared()) {
          check(formula, shape, vectors, arena);
        }
      }
    }
  }

  private static void check(Formula formula, Shape shape, boolean vectors, Arena arena) {
    List<Buffer> before = operands(formula, shape, arena);
    List<Buffer> operands = operands(formula, shape, arena);
    List<Buffer> made = new ArrayList<>();
    List<Buffer> outputs = new ArrayList<>();
    for (Output output : formula.outputs()) {
      TensorType type = new TensorType(output.dtype(), shape);
      if (output.isNew()) {
        made.add(new Buffer(arena.allocate(type.bytes(), 64), type));
      }
      outputs.add(output.isNew() ? made.getLast() : operands.get(output.over()));
    }
    List<Task> tasks;
    try (OwnWorkspace workspace = new OwnWorkspace()) {
      tasks = Formulas.tasks(formula, shape, operands, made, vectors, workspace);
      for (Task task : tasks) {
        for (int chunk = task.chunks() - 1; chunk >= 0; chunk--) {
          task.run(chunk);
        }
      }
    }
    double[] raised = new double[formula.flags().size()];
    Arrays.fill(raised, Double.NEGATIVE_INFINITY);
    long columns = shape.columns();
    // Of large shapes some elements, for time; flags need all.
    long step = shape.size() > 5000 && raised.length == 0 ? 13 : 1;
    for (long i = 0; i < shape.size(); i += step) {
      double[][] inputs = new double[operands.size()][];
      for (int k = 0; k < inputs.length; k++) {
        inputs[k] =
            element(formula.inputs().get(k), before.get(k), i / columns, i % columns, columns);
      }
      Element element = new Element(inputs, i / columns, i % columns, columns);
      ErrorAnalysis allowed = ErrorAnalysis.of(formula, element);
      boolean skips = Evaluation.of(formula, element).skips();
      for (int k = 0; k < outputs.size(); k++) {
        double got = Scratch.get(outputs.get(k), i);
        int over = formula.outputs().get(k).over();
        Range range =
            skips ? Range.of(skips && over >= 0 ? inputs[over][0] : 0) : allowed.output(k);
        long at = i;
        int output = k;
        assertTrue(
            range.contains(got),
            () ->
                tasks.getLast().getClass().getSimpleName()
                    + " "
                    + shape
                    + " element "
                    + at
                    + " output "
                    + output
                    + ": got "
                    + got
                    + ", allowed "
                    + range
                    + "\n"
                    + formula);
      }
      for (int k = 0; k < raised.length; k++) {
        Evaluation value = Evaluation.of(formula, element);
        if (!skips && value.raises(k)) {
          raised[k] = Math.max(raised[k], value.raised(k, shape.size() - i));
        }
      }
    }
    for (int k = 0; k < raised.length; k++) {
      int input = formula.flags().get(k).input();
      int number = formula.flags().get(k).element();
      double kept = Scratch.get(before.get(input), number);
      assertEquals(
          Math.max(kept, raised[k]),
          Scratch.get(operands.get(input), number),
          () -> shape + "\n" + formula);
    }
  }

  @Test
  void everyKindOfInput() {
    for (DType dtype : List.of(DType.FP32, DType.FP64, DType.BF16)) {
      FormulaBuilder f = new FormulaBuilder();
      Expr x = f.full(dtype);
      Expr normal = x.minus(f.column(dtype)).times(f.column(dtype).square().plus(0.5).rsqrt());
      Expr y = normal.fma(f.row(dtype), f.row(dtype)).plus(f.single(dtype));
      f.output(Functions.SILU.of(y), dtype);
      f.output(f.row(dtype), dtype);
      check(f.build());
    }
  }

  @Test
  void everyPairOfTypes() {
    for (DType from : DType.values()) {
      for (DType to : DType.values()) {
        FormulaBuilder f = new FormulaBuilder();
        Expr x = f.full(from);
        f.output(x, to);
        f.output(x.times(1.5).plus(f.row(from)), to);
        check(f.build());
      }
    }
  }

  @Test
  void functionsOfEveryKind() {
    for (DType dtype : List.of(DType.FP32, DType.FP64)) {
      FormulaBuilder f = new FormulaBuilder();
      Expr x = f.full(dtype);
      Expr y = f.row(dtype);
      f.output(x.abs().plus(0.1).power(y), dtype);
      check(f.build());
      FormulaBuilder g = new FormulaBuilder();
      x = g.full(dtype);
      y = g.row(dtype);
      g.output(x.max(y).minus(x.min(y)).plus(x.clamp(-1, 0.5)), dtype);
      g.output(x.floor().plus(x.sign()).plus(x.erf()), dtype);
      g.output(x.lessThan(y).select(x.abs().sqrt(), y.exp()), dtype);
      g.output(x.equalTo(0).select(-1, x.notEqualTo(y).select(y, 3)), dtype);
      g.output(x.round(DType.BF16).plus(y.round(DType.INT32)).plus(x.round(DType.UINT8)), dtype);
      g.output(x.tanh().log1p().plus(x.expm1()).plus(x.square().log()), dtype);
      check(g.build());
    }
  }

  @Test
  void positionsAndConditionsOnThem() {
    FormulaBuilder f = new FormulaBuilder();
    Expr x = f.full(DType.FP32);
    Expr place = f.position(Node.Axis.ROW).times(0.5).plus(f.position(Node.Axis.COLUMN).times(-3));
    f.output(x.plus(place), DType.FP32);
    f.output(f.position(Node.Axis.ELEMENT), DType.INT32);
    f.output(
        f.before(17).select(x.exp(), f.before(16_390).select(f.column(DType.FP32), 7)), DType.FP32);
    check(f.build());
  }

  @Test
  void randomNumbers() {
    FormulaBuilder f = new FormulaBuilder();
    Expr x = f.full(DType.FP32);
    int clock = f.singles(DType.INT32, 4);
    f.output(f.uniform(clock, 3), DType.FP32);
    f.output(f.uniform(clock, 4).lessThan(0.25).select(0, x), DType.BF16);
    check(f.build());
    FormulaBuilder g = new FormulaBuilder();
    clock = g.singles(DType.INT32, 4);
    g.output(g.uniform(clock, 1).times(g.row(DType.FP32)).plus(g.column(DType.BF16)), DType.FP32);
    g.output(g.before(9).select(g.uniform(clock, 1), g.constant(2)), DType.FP64);
    check(g.build());
    FormulaBuilder h = new FormulaBuilder();
    clock = h.singles(DType.INT32, 4);
    h.output(h.before(9).select(h.uniform(clock, 1), h.constant(2)), DType.FP32);
    check(h.build());
  }

  @Test
  void updatesFlagsAndSkips() {
    for (double limit : new double[] {-100, 100}) {
      for (DType dtype : List.of(DType.FP32, DType.FP64)) {
        FormulaBuilder f = new FormulaBuilder();
        Expr p = f.full(dtype);
        Expr g = f.full(dtype);
        int copy = f.input(new Input(Kind.FULL, DType.BF16, 1));
        int state = f.singles(DType.INT32, 7);
        f.skipIf(f.read(state, 0).lessThan(10 * limit));
        Expr next = p.minus(g.times(0.125));
        f.update(p, next);
        f.update(g, f.constant(0));
        f.update(copy, next);
        f.flag(next.greaterThan(6), state, 1);
        f.flag(next.dividedBy(g).isNotFinite(), state, 2);
        f.flag(next.greaterThan(6), f.read(state, 0).plus(2000), state, 3);
        f.flagFirst(next.greaterThan(6), state, 4);
        f.flagFirst(next.dividedBy(g).isNotFinite(), state, 5);
        f.flagFirst(next.greaterThan(1000), state, 6);
        check(f.build());
      }
    }
  }

  @Test
  void constantsOfShortFormulasShareTheirCode() {
    assertEquals(kernel(2.5), kernel(-7.25));
  }

  private static Formula kernel(double factor) {
    FormulaBuilder f = new FormulaBuilder();
    f.output(f.full(DType.FP32).fma(factor, factor + 1), DType.FP32);
    return KernelPlan.of(f.build(), false, true).code();
  }

  @Test
  void theDumpShowsWhatWasMade(@TempDir Path folder) throws Exception {
    System.setProperty(KernelCache.DUMP, folder.toString());
    try (Arena arena = Arena.ofShared();
        OwnWorkspace workspace = new OwnWorkspace()) {
      FormulaBuilder f = new FormulaBuilder();
      f.output(f.full(DType.FP32).times(f.row(DType.FP32)).tanh().plus(123.5), DType.FP32);
      Formula formula = f.build();
      Shape shape = Shape.of(2, 3);
      List<Buffer> operands = operands(formula, shape, arena);
      TensorType type = TensorType.of(DType.FP32, 2, 3);
      Buffer out = new Buffer(arena.allocate(type.bytes(), 64), type);
      Task task =
          Formulas.tasks(formula, shape, operands, List.of(out), true, workspace).getFirst();
      assertInstanceOf(VectorFormulaTask.class, task);
      try (Stream<Path> files = Files.list(folder)) {
        List<String> names = files.map(p -> p.getFileName().toString()).sorted().toList();
        assertEquals(2, names.size());
        assertTrue(names.getFirst().endsWith(".class"));
        String text = Files.readString(folder.resolve(names.getLast()));
        assertTrue(text.contains("tanh(t0)") && text.startsWith("Read["), text);
      }
    } finally {
      System.clearProperty(KernelCache.DUMP);
    }
  }

  /** The JIT compiler does not compile methods of more than 8000 bytes. */
  @Test
  void longFormulasWork() {
    FormulaBuilder f = new FormulaBuilder();
    Expr y = f.full(DType.FP32);
    for (int i = 0; i < 30; i++) {
      y = Functions.GELU.of(y).plus(0.1 * i);
    }
    f.output(y, DType.FP32);
    Formula formula = f.build();
    try (Arena arena = Arena.ofShared()) {
      check(formula, Shape.of(70, 517), true, arena);
    }
  }
}
