package dev.lamina.suite;

import dev.lamina.backend.Backend;
import dev.lamina.op.GradientContext;
import dev.lamina.op.Op;
import dev.lamina.op.Sym;
import dev.lamina.oracle.Oracle;
import dev.lamina.oracle.Value;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Compares an operation's gradient, executed on a backend, with central finite differences.
 *
 * <p>For f(x) = Σ w<sub>i</sub> y<sub>i</sub>(x) with random weights w, ∂f/∂x<sub>j</sub> is taken
 * as (f(x + h e<sub>j</sub>) − f(x − h e<sub>j</sub>)) / 2h with the oracle in fp64. With h = 10⁻⁵
 * the error is of the order h² f''' + ε |y| / h ≈ 10⁻¹⁰.
 */
final class GradientChecker {
  private static final double STEP = 1e-5;
  private static final double TOLERANCE = 1e-6;

  /** Of large inputs, so many elements are tried. */
  private static final int ELEMENTS = 24;

  private final Backend backend;

  GradientChecker(Backend backend) {
    this.backend = backend;
  }

  /** Everything that is wrong with the gradients of a case; empty if they are right. */
  List<String> failures(OpCase opCase) {
    List<Value> inputs = opCase.inputs();
    SplittableRandom random = new SplittableRandom(opCase.toString().hashCode());
    TensorType out = opCase.outputs().getFirst();
    Value weights = Samplers.AWAY.sample(out, random);
    boolean[] wanted = new boolean[inputs.size()];
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = opCase.op().differentiable(i) && inputs.get(i).type().dtype().isFloating();
    }
    List<Value> gradients = gradients(opCase.op(), inputs, weights, wanted);
    List<String> failures = new ArrayList<>();
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i]) {
        String failure = compare(opCase, inputs, i, weights, gradients.get(i), random);
        if (failure != null) {
          failures.add(opCase + ": gradient by operand " + i + ": " + failure);
        }
      }
    }
    return failures;
  }

  /** The gradients of f by the wanted inputs; null where none is wanted. */
  List<Value> gradients(Op op, List<Value> inputs, Value weights, boolean[] wanted) {
    Interpreter interpreter = new Interpreter(backend);
    List<Sym> in = new ArrayList<>();
    inputs.forEach(value -> in.add(interpreter.put(value)));
    List<Sym> out = interpreter.execute(op, in);
    Sym dY = interpreter.put(weights);
    List<Sym> gradients = op.gradient(new GradientContext(interpreter, in, out, dY, wanted));
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < wanted.length; i++) {
      values.add(wanted[i] ? interpreter.get(gradients.get(i)) : null);
    }
    return values;
  }

  private static String compare(
      OpCase opCase,
      List<Value> inputs,
      int input,
      Value weights,
      Value gradient,
      SplittableRandom random) {
    TensorType type = inputs.get(input).type();
    if (gradient == null || !gradient.type().equals(type)) {
      return "expected a gradient of type " + type + ", got " + gradient;
    }
    double squares = 0;
    for (double g : gradient.data()) {
      squares += g * g;
    }
    double typical = Math.sqrt(squares / gradient.size());
    int size = gradient.size();
    for (int n = 0; n < Math.min(ELEMENTS, size); n++) {
      int j = size <= ELEMENTS ? n : random.nextInt(size);
      double numeric = difference(opCase.op(), inputs, input, j, weights);
      double analytic = gradient.data()[j];
      double scale = Math.max(Math.abs(numeric), typical) + 1e-3;
      if (!(Math.abs(analytic - numeric) <= TOLERANCE * scale)) {
        return "element " + j + ": finite differences give " + numeric + ", got " + analytic;
      }
    }
    return null;
  }

  /** The central difference of f by one element of one input. */
  private static double difference(
      Op op, List<Value> inputs, int input, int element, Value weights) {
    double[] up = shifted(op, inputs, input, element, STEP);
    double[] down = shifted(op, inputs, input, element, -STEP);
    double sum = 0;
    for (int i = 0; i < up.length; i++) {
      sum += weights.data()[i] * (up[i] - down[i]);
    }
    return sum / (2 * STEP);
  }

  private static double[] shifted(Op op, List<Value> inputs, int input, int element, double shift) {
    List<Value> changed = new ArrayList<>(inputs);
    double[] data = inputs.get(input).data().clone();
    data[element] += shift;
    changed.set(input, new Value(inputs.get(input).type(), data));
    return Oracle.run(op, changed).outputs().getFirst().values();
  }
}
