package dev.lamina.oracle;

import dev.lamina.formula.Element;
import dev.lamina.formula.ErrorAnalysis;
import dev.lamina.formula.Evaluation;
import dev.lamina.formula.Flag;
import dev.lamina.formula.Formula;
import dev.lamina.formula.Node;
import dev.lamina.formula.Output;
import dev.lamina.formula.Range;
import dev.lamina.op.Map;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;

/**
 * Formulas. Values of known functions come from {@link Papers}, all others from the formula's own
 * evaluation in double; how far a result may be off is what error analysis allows.
 */
final class Maps {
  private Maps() {}

  static Result map(Map op, List<Value> in) {
    Formula formula = op.formula();
    if (formula.isConversion()) {
      DType to = formula.outputs().getFirst().dtype();
      TensorType type = in.getFirst().type().as(to);
      return Result.of(Expected.bits(type, Moves.cast(in.getFirst().data(), to)));
    }
    int size = Math.toIntExact(op.shape().size());
    int count = formula.outputs().size();
    double[][] values = new double[count][size];
    double[][] errors = new double[count][size];
    double[] raised = new double[formula.flags().size()];
    Arrays.fill(raised, Double.NEGATIVE_INFINITY);
    boolean skips = false;
    Papers.Paper paper = Papers.of(op);
    for (int i = 0; i < size; i++) {
      Element element = element(op, in, i);
      Evaluation evaluation = Evaluation.of(formula, element);
      ErrorAnalysis analysis = ErrorAnalysis.of(formula, element);
      skips |= evaluation.skips();
      for (int k = 0; k < count; k++) {
        Output output = formula.outputs().get(k);
        double value =
            paper == null
                ? value(formula, output, element, evaluation.output(k))
                : paper.value().applyAsDouble(operands(element));
        values[k][i] = value;
        boolean exact = paper != null && paper.exact();
        errors[k][i] = exact ? 0 : error(output, analysis.output(k), value);
      }
      for (int k = 0; k < raised.length; k++) {
        if (evaluation.raises(k)) {
          raised[k] = Math.max(raised[k], evaluation.raised(k, size - i));
        }
      }
    }
    return skips ? unchanged(op, in) : result(op, in, values, errors, raised);
  }

  private static double[] operands(Element element) {
    return Arrays.stream(element.inputs()).mapToDouble(x -> x[0]).toArray();
  }

  private static Element element(Map op, List<Value> in, int at) {
    int columns = Math.toIntExact(op.shape().columns());
    double[][] inputs = new double[in.size()][];
    for (int k = 0; k < inputs.length; k++) {
      double[] data = in.get(k).data();
      inputs[k] =
          switch (op.formula().inputs().get(k).kind()) {
            case FULL -> new double[] {data[at]};
            case ROW -> new double[] {data[at % columns]};
            case COLUMN -> new double[] {data[at / columns]};
            case SINGLE -> data;
          };
    }
    return new Element(inputs, at / columns, at % columns, columns);
  }

  /** By the papers where the output is a named function of inputs, else by evaluation. */
  private static double value(Formula formula, Output output, Element element, double evaluated) {
    if (!(formula.nodes().get(output.node()) instanceof Node.Apply apply)) {
      return evaluated;
    }
    double[] x = new double[apply.arguments().size()];
    for (int i = 0; i < x.length; i++) {
      if (!(formula.nodes().get(apply.arguments().get(i)) instanceof Node.Read read)) {
        return evaluated;
      }
      x[i] = element.inputs()[read.input()][read.element()];
    }
    return Papers.value(apply.function().name(), x);
  }

  /** In epsilons of what is computed; what the type's rounding adds counts on top of it. */
  private static double error(Output output, Range range, double value) {
    double epsilon = Rounding.epsilon(output.dtype());
    if (range.equals(Range.ANY) || range.nan() && !Double.isNaN(range.low())) {
      return Double.POSITIVE_INFINITY;
    }
    double off = Math.max(range.high() - value, value - range.low());
    return Double.isFinite(off) && epsilon > 0 ? Math.max(off, 0) / epsilon : 0;
  }

  private static Result result(
      Map op, List<Value> in, double[][] values, double[][] errors, double[] raised) {
    List<Expected> outputs = new ArrayList<>();
    java.util.Map<Integer, Expected> updates = new HashMap<>();
    for (int k = 0; k < values.length; k++) {
      Output output = op.formula().outputs().get(k);
      TensorType type = new TensorType(output.dtype(), op.shape());
      if (output.isNew()) {
        outputs.add(Expected.within(type, values[k], errors[k]));
      } else {
        TensorType own = in.get(output.over()).type();
        updates.put(output.over(), Expected.within(own, values[k], errors[k]));
      }
    }
    for (int k = 0; k < raised.length; k++) {
      Flag flag = op.formula().flags().get(k);
      Value state = in.get(flag.input());
      double[] data =
          updates.containsKey(flag.input())
              ? updates.get(flag.input()).values()
              : state.data().clone();
      data[flag.element()] = Math.max(data[flag.element()], raised[k]);
      updates.put(flag.input(), Expected.bits(state.type(), data));
    }
    return new Result(outputs, updates);
  }

  private static Result unchanged(Map op, List<Value> in) {
    java.util.Map<Integer, Expected> updates = new HashMap<>();
    op.updates().forEach(i -> updates.put(i, Expected.bits(in.get(i).type(), in.get(i).data())));
    return new Result(List.of(), updates);
  }
}
