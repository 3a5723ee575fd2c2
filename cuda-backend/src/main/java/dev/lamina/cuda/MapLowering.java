package dev.lamina.cuda;

import dev.lamina.cuda.formula.ByteCode;
import dev.lamina.cuda.formula.FormulaKernel;
import dev.lamina.cuda.formula.Parameter;
import dev.lamina.op.Map;
import dev.lamina.type.DType;
import java.util.ArrayList;
import java.util.List;

/** Formulas: by a kernel of their own, or by the interpreter's. */
final class MapLowering {
  private static final String INTERPRETER = "interpreter";

  private MapLowering() {}

  /** Adds the launch of a formula over the call's operands. */
  static void map(Emission e, Map op) {
    if (op.formula().isConversion() && e.inputType(0).dtype() == e.outputType(0).dtype()) {
      MoveLowering.copy(e, 0);
      return;
    }
    List<Argument> operands = new ArrayList<>();
    for (int i = 0; i < op.formula().inputs().size(); i++) {
      operands.add(e.input(i));
    }
    for (int k = 0; k < e.outputs(); k++) {
      operands.add(e.output(k));
    }
    launch(e, op, operands.toArray(Argument[]::new));
  }

  /**
   * Adds the launch of a formula.
   *
   * @param operands the addresses of the inputs, then of the outputs that overwrite none
   */
  static void launch(Emission e, Map op, Argument... operands) {
    FormulaKernel kernel = FormulaKernel.of(op.formula());
    if (kernel.module().isEmpty() && !e.compiles()) {
      interpret(e, op, operands);
      return;
    }
    List<Argument> arguments = new ArrayList<>(List.of(operands));
    arguments.add(Argument.count(op.shape().rows()));
    arguments.add(Argument.count(op.shape().columns()));
    kernel.parameters().forEach(p -> arguments.add(argument(p)));
    long blocks = Geometry.elementwise(op.shape().size(), kernel.group());
    e.add(Step.Launch.of(kernel, blocks, arguments));
  }

  private static Argument argument(Parameter parameter) {
    return switch (parameter) {
      case Parameter.Constant(double value, DType type) when type == DType.FP32 ->
          Argument.number((float) value);
      case Parameter.Constant(double value, _) -> Argument.number(value);
      case Parameter.Limit(long value) -> Argument.count(value);
      case Parameter.Stream(int value) -> Argument.integer(value);
    };
  }

  private static void interpret(Emission e, Map op, Argument... operands) {
    ByteCode code = ByteCode.of(op.formula());
    Argument start = e.content(code.bytes());
    List<Argument> arguments = new ArrayList<>();
    arguments.add(start);
    arguments.add(Argument.scratch(start.bits() + code.constantsAt()));
    arguments.add(Argument.integer(code.common()));
    arguments.add(Argument.integer(code.own()));
    arguments.add(Argument.integer(code.skip()));
    arguments.addAll(List.of(operands));
    for (int i = operands.length; i < ByteCode.PLACES; i++) {
      arguments.add(Argument.NULL);
    }
    arguments.add(Argument.count(op.shape().rows()));
    arguments.add(Argument.count(op.shape().columns()));
    e.floating(
        INTERPRETER,
        "interpret",
        op.formula().computeType(),
        Geometry.elementwise(op.shape().size(), ByteCode.GROUP),
        1,
        arguments.toArray(Argument[]::new));
  }
}
