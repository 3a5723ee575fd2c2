package dev.lamina.cuda.formula;

import dev.lamina.formula.BinaryFunction;
import dev.lamina.formula.Flag;
import dev.lamina.formula.Formula;
import dev.lamina.formula.Input;
import dev.lamina.formula.Kind;
import dev.lamina.formula.Node;
import dev.lamina.formula.Output;
import dev.lamina.formula.UnaryFunction;
import dev.lamina.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Prints a skeleton as a kernel over the elements of a matrix [m, n]. Its parameters are the
 * inputs' addresses, the addresses of outputs with memory of their own, m, n, the skeleton's
 * parameters. Each thread takes groups of neighbouring elements, as many as 16 bytes hold of the
 * widest operand, and moves them at once where all addresses allow it.
 */
final class KernelSource {
  private static final int GROUP_BYTES = 16;

  /** The generator draws so many numbers at once. */
  private static final int DRAWN = 4;

  private final Formula formula;
  private final List<Parameter> parameters;
  private final boolean[] uniform;
  private final boolean[] reads;
  private final Lines out = new Lines();

  /** Whether one thread of the block computes what is the same for all elements. */
  private boolean alone;

  private final NodeText text;

  private KernelSource(Skeleton skeleton) {
    formula = skeleton.formula();
    parameters = skeleton.parameters();
    uniform = formula.uniform();
    reads = formula.reads();
    text = new NodeText(formula, uniform);
  }

  /**
   * The kernel as a function; a translation unit may hold several.
   *
   * @param name of the kernel
   */
  static String print(Skeleton skeleton, String name) {
    return new KernelSource(skeleton).print(name);
  }

  /** How many neighbours a thread takes at once. */
  static int group(Formula formula) {
    Stream<DType> full =
        Stream.concat(
            formula.inputs().stream().filter(i -> i.kind() == Kind.FULL).map(Input::dtype),
            formula.outputs().stream().map(Output::dtype));
    int widest = full.mapToInt(DType::bytes).max().orElse(Float.BYTES);
    boolean random = formula.nodes().stream().anyMatch(Node.Uniform.class::isInstance);
    return Math.max(random ? DRAWN : 1, GROUP_BYTES / widest);
  }

  private String print(String name) {
    out.add("extern \"C\" __global__ void __launch_bounds__(THREADS) %s(", name);
    out.add("    %s) {", String.join(", ", declared()));
    out.indented(this::body);
    out.add("}");
    return out.toString();
  }

  private List<String> declared() {
    List<String> declared = new ArrayList<>();
    for (int i = 0; i < formula.inputs().size(); i++) {
      String type = NodeText.type(formula.inputs().get(i).dtype());
      declared.add((isWritten(i) ? "" : "const ") + type + "* x" + i);
    }
    for (int k = 0; k < formula.outputs().size(); k++) {
      Output output = formula.outputs().get(k);
      if (output.isNew()) {
        declared.add(NodeText.type(output.dtype()) + "* y" + k);
      }
    }
    declared.add("idx m");
    declared.add("idx n");
    for (int k = 0; k < parameters.size(); k++) {
      declared.add(type(parameters.get(k)) + " " + NodeText.parameter(k));
    }
    return declared;
  }

  private static String type(Parameter parameter) {
    return switch (parameter) {
      case Parameter.Constant n -> NodeText.type(n.type());
      case Parameter.Limit _ -> "idx";
      case Parameter.Stream _ -> "int";
    };
  }

  private boolean isWritten(int input) {
    return formula.outputs().stream().anyMatch(o -> o.over() == input)
        || formula.flags().stream().anyMatch(f -> f.input() == input);
  }

  private void body() {
    out.add("typedef %s real;", NodeText.type(formula.computeType()));
    out.add("constexpr int W = %d;", group(formula));
    uniformNumbers();
    out.add("const idx count = m * n;");
    for (int k = 0; k < formula.flags().size(); k++) {
      out.add(
          formula.flags().get(k).isRest() ? "idx first%d = count;" : "bool raised%d = false;", k);
    }
    out.add("auto element = [&](%s) {", String.join(", ", elementParameters()));
    out.indented(this::element);
    out.add("};");
    out.add("const bool whole = %s;", alignment());
    rows().forEach(i -> out.add("const bool whole%d = n %% W == 0 && groups<W>(x%d);", i, i));
    out.add("#pragma unroll 1");
    out.add("for (idx e = thread_number() * W; e < count; e += thread_count() * W) {");
    out.indented(this::group);
    out.add("}");
    for (int k = 0; k < formula.flags().size(); k++) {
      Flag flag = formula.flags().get(k);
      String value = flag.isRest() ? "(double) (count - first" + k + ")" : shared(flag.value());
      out.add(flag.isRest() ? "if (first%d < count) {" : "if (raised%d) {", k);
      out.indented(() -> out.add("raise(x%d + %d, %s);", flag.input(), flag.element(), value));
      out.add("}");
    }
  }

  /**
   * What is the same for all elements: in double, by one thread of the block where it is more than
   * reading and simple arithmetic, because that is slow on many GPUs.
   */
  private void uniformNumbers() {
    List<Integer> taken = taken();
    for (int i = 0; i < uniform.length; i++) {
      alone |= uniform[i] && isSlow(formula.nodes().get(i));
    }
    if (!alone) {
      uniformNodes();
      skip("%s");
      taken.forEach(i -> out.add(text.rounded(i, text.number(i))));
      return;
    }
    Set<Integer> shared = new TreeSet<>(taken);
    formula.flags().stream().filter(f -> !f.isRest()).forEach(f -> shared.add(f.value()));
    if (formula.skip() != Formula.NEVER) {
      shared.add(formula.skip());
    }
    shared.removeIf(this::isConstant);
    out.add("__shared__ double numbers[%d];", uniform.length);
    out.add("if (threadIdx.x == 0) {");
    out.indented(() -> {
      uniformNodes();
      shared.forEach(i -> out.add("numbers[%d] = %s;", i, text.number(i)));
    });
    out.add("}");
    out.add("__syncthreads();");
    skip("%s != 0");
    taken.forEach(i -> out.add(text.rounded(i, shared(i))));
  }

  /** The name of a number that is the same for all elements, in double and known to all threads. */
  private String shared(int i) {
    return alone && !isConstant(i) ? "numbers[" + i + "]" : text.number(i);
  }

  private void uniformNodes() {
    for (int i = 0; i < uniform.length; i++) {
      if (uniform[i] && !isConstant(i)) {
        out.add(text.uniform(i));
      }
    }
  }

  private void skip(String test) {
    if (formula.skip() != Formula.NEVER) {
      out.add("if (" + test + ") {", shared(formula.skip()));
      out.indented(() -> out.add("return;"));
      out.add("}");
    }
  }

  private boolean isConstant(int i) {
    return formula.nodes().get(i) instanceof Node.Constant;
  }

  private static boolean isSlow(Node node) {
    return switch (node) {
      case Node.Unary n ->
          n.function() != UnaryFunction.NEGATE && n.function() != UnaryFunction.ABS;
      case Node.Binary n ->
          n.function() == BinaryFunction.DIVIDE || n.function() == BinaryFunction.POWER;
      default -> false;
    };
  }

  /** What elements take that is the same for all of them and computed. */
  private List<Integer> taken() {
    boolean[] taken = new boolean[uniform.length];
    for (int i = 0; i < uniform.length; i++) {
      if (!uniform[i]) {
        for (int operand : formula.nodes().get(i).operands()) {
          taken[operand] = uniform[operand];
        }
      }
    }
    formula.outputs().forEach(o -> taken[o.node()] |= uniform[o.node()]);
    formula.flags().forEach(f -> taken[f.test()] |= uniform[f.test()]);
    List<Integer> result = new ArrayList<>();
    for (int i = 0; i < taken.length; i++) {
      if (taken[i] && !isConstant(i)) {
        result.add(i);
      }
    }
    return result;
  }

  private List<String> elementParameters() {
    List<String> parameters = new ArrayList<>();
    elementInputs()
        .forEach(i -> parameters.add(NodeText.type(formula.inputs().get(i).dtype()) + " v" + i));
    draws().forEach(i -> parameters.add("unsigned w" + i));
    parameters.addAll(List.of("idx e", "idx i", "idx j"));
    for (int k = 0; k < formula.outputs().size(); k++) {
      parameters.add(NodeText.type(formula.outputs().get(k).dtype()) + "& r" + k);
    }
    return parameters;
  }

  private void element() {
    for (int i = 0; i < uniform.length; i++) {
      if (!uniform[i]) {
        out.add(text.element(i));
      }
    }
    for (int k = 0; k < formula.outputs().size(); k++) {
      Output output = formula.outputs().get(k);
      out.add(
          "r%d = Convert<%s>::from(%s);",
          k, NodeText.type(output.dtype()), text.operand(output.node()));
    }
    for (int k = 0; k < formula.flags().size(); k++) {
      String test = text.operand(formula.flags().get(k).test());
      if (formula.flags().get(k).isRest()) {
        out.add("first%d = %s && e < first%d ? e : first%d;", k, test, k, k);
      } else {
        out.add("raised%d |= %s;", k, test);
      }
    }
  }

  private String alignment() {
    List<String> operands = new ArrayList<>();
    elementInputs().stream().filter(i -> kind(i) == Kind.FULL).forEach(i -> operands.add("x" + i));
    for (int k = 0; k < formula.outputs().size(); k++) {
      if (!operands.contains(target(k))) {
        operands.add(target(k));
      }
    }
    return operands.isEmpty()
        ? "true"
        : operands.stream().map(o -> "groups<W>(" + o + ")").collect(Collectors.joining(" && "));
  }

  /** The loop's body: a group of elements, all at once or those that there are. */
  private void group() {
    boolean placed = !rows().isEmpty() || !columns().isEmpty() || text.placed();
    out.add(placed ? "idx i = e / n;" : "const idx i = 0;");
    out.add(placed ? "idx j = e - i * n;" : "const idx j = 0;");
    for (int i : draws()) {
      Node.Uniform draw = (Node.Uniform) formula.nodes().get(i);
      out.add("unsigned w%d[W];", i);
      out.add("draw<W>(w%d, x%d, %s, e);", i, draw.clock(), NodeText.parameter(draw.stream()));
    }
    out.add("if (whole && e + W <= count) {");
    out.indented(() -> wholeGroup(placed));
    out.add("} else {");
    out.indented(() -> {
      // Unrolled, it would be most of the code; but random numbers must stay in registers.
      out.add(draws().isEmpty() ? "#pragma unroll 1" : "#pragma unroll");
      out.add("for (int k = 0; k < W; k++) {");
      out.indented(() -> singleElement(placed));
      out.add("}");
    });
    out.add("}");
  }

  private void wholeGroup(boolean placed) {
    for (int i : elementInputs()) {
      out.add(
          switch (kind(i)) {
            case FULL -> "const auto g%d = load<W>(x%d + e);".formatted(i, i);
            case ROW -> "const auto g%d = row<W>(x%d, j, n, whole%d);".formatted(i, i, i);
            case COLUMN -> "const auto g%d = column<W>(x%d, i, j, n);".formatted(i, i);
            case SINGLE -> throw new AssertionError(i);
          });
    }
    for (int k = 0; k < formula.outputs().size(); k++) {
      out.add("Group<%s, W> h%d;", NodeText.type(formula.outputs().get(k).dtype()), k);
    }
    out.add("#pragma unroll");
    out.add("for (int k = 0; k < W; k++) {");
    out.indented(() -> {
      out.add("element(%s);", arguments("g%d.v[k]", "h%d.v[k]"));
      if (placed) {
        out.add("i = j + 1 == n ? i + 1 : i;");
        out.add("j = j + 1 == n ? 0 : j + 1;");
      }
    });
    out.add("}");
    for (int k = 0; k < formula.outputs().size(); k++) {
      out.add("store<W>(%s + e, h%d);", target(k), k);
    }
  }

  private void singleElement(boolean placed) {
    out.add("if (e + k < count) {");
    out.indented(() -> {
      for (int i : elementInputs()) {
        String at = kind(i) == Kind.FULL ? "e + k" : kind(i) == Kind.ROW ? "j" : "i";
        out.add("const auto g%d = x%d[%s];", i, i, at);
      }
      for (int k = 0; k < formula.outputs().size(); k++) {
        out.add("%s h%d;", NodeText.type(formula.outputs().get(k).dtype()), k);
      }
      out.add("element(%s);", arguments("g%d", "h%d"));
      for (int k = 0; k < formula.outputs().size(); k++) {
        out.add("%s[e + k] = h%d;", target(k), k);
      }
      if (placed) {
        out.add("i = j + 1 == n ? i + 1 : i;");
        out.add("j = j + 1 == n ? 0 : j + 1;");
      }
    });
    out.add("}");
  }

  private String arguments(String input, String output) {
    List<String> arguments = new ArrayList<>();
    elementInputs().forEach(i -> arguments.add(input.formatted(i)));
    draws().forEach(i -> arguments.add("w" + i + "[k]"));
    arguments.addAll(List.of("e + k", "i", "j"));
    for (int k = 0; k < formula.outputs().size(); k++) {
      arguments.add(output.formatted(k));
    }
    return String.join(", ", arguments);
  }

  /** Where an output goes. */
  private String target(int output) {
    int over = formula.outputs().get(output).over();
    return formula.outputs().get(output).isNew() ? "y" + output : "x" + over;
  }

  private Kind kind(int input) {
    return formula.inputs().get(input).kind();
  }

  /** The inputs of which every element reads its own number. */
  private List<Integer> elementInputs() {
    List<Integer> inputs = new ArrayList<>();
    for (int i = 0; i < reads.length; i++) {
      if (reads[i] && kind(i) != Kind.SINGLE) {
        inputs.add(i);
      }
    }
    return inputs;
  }

  private List<Integer> rows() {
    return elementInputs().stream().filter(i -> kind(i) == Kind.ROW).toList();
  }

  private List<Integer> columns() {
    return elementInputs().stream().filter(i -> kind(i) == Kind.COLUMN).toList();
  }

  /** The nodes that draw random numbers. */
  private List<Integer> draws() {
    List<Integer> draws = new ArrayList<>();
    for (int i = 0; i < uniform.length; i++) {
      if (formula.nodes().get(i) instanceof Node.Uniform) {
        draws.add(i);
      }
    }
    return draws;
  }
}
