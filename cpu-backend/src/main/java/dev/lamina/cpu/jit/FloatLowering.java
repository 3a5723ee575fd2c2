package dev.lamina.cpu.jit;

import dev.lamina.formula.BinaryFunction;
import dev.lamina.formula.Formula;
import dev.lamina.formula.Kind;
import dev.lamina.formula.Node;
import dev.lamina.formula.UnaryFunction;
import dev.lamina.type.DType;
import java.util.Arrays;
import java.util.List;

/**
 * A formula in single precision as instructions on vectors.
 *
 * @param code the instructions
 * @param origins for each instruction the node of the formula that it is for
 * @param invariant for each instruction whether it makes the same for all elements
 * @param outputs for each output the instruction that makes it
 * @param flags for each flag the instruction that makes its mask
 */
record FloatLowering(
    List<Instruction> code, int[] origins, boolean[] invariant, int[] outputs, int[] flags) {
  /** Whether there are instructions for everything in a formula; else it is computed in double. */
  static boolean supports(Formula code) {
    return code.computeType() == DType.FP32
        && code.nodes().stream()
            .noneMatch(n ->
                n instanceof Node.Binary b && b.function() == BinaryFunction.POWER
                    || n instanceof Node.Round r && r.to() == DType.FP64);
  }

  /** Lowers the code of a {@link KernelPlan}. */
  static FloatLowering of(Formula formula) {
    return new Lowering(formula).lower();
  }

  private static final class Lowering {
    private final Formula formula;
    private final boolean[] uniform;
    private final Instructions code = new Instructions();
    private final FloatFunctions functions = new FloatFunctions(code);
    private final Bounds bounds;
    private final int[] made;

    Lowering(Formula formula) {
      this.formula = formula;
      uniform = formula.uniform();
      bounds = Bounds.of(formula);
      made = new int[uniform.length];
      Arrays.fill(made, -1);
    }

    FloatLowering lower() {
      for (int i = 0; i < made.length; i++) {
        if (!uniform[i]) {
          code.origin(i);
          made[i] = lower(i, formula.nodes().get(i));
        }
      }
      int[] outputs = formula.outputs().stream().mapToInt(o -> taken(o.node())).toArray();
      int[] flags = formula.flags().stream().mapToInt(f -> taken(f.test())).toArray();
      return new FloatLowering(code.list(), code.origins(), code.invariant(), outputs, flags);
    }

    /** An operand: what is the same for all elements comes as a scalar, or is in the code. */
    private int taken(int node) {
      if (!uniform[node]) {
        return made[node];
      }
      return switch (formula.nodes().get(node)) {
        case Node.Constant(double value) -> code.constant((float) value);
        case Node.Compare n -> // both operands are scalars too
            compare(n);
        default -> code.leaf(Opcode.SCALAR, node);
      };
    }

    private int compare(Node.Compare n) {
      Opcode opcode =
          switch (n.comparison()) {
            case LESS -> Opcode.LT;
            case LESS_EQUAL -> Opcode.LE;
            case EQUAL -> Opcode.EQ;
            case NOT_EQUAL -> Opcode.NE;
          };
      return code.of(opcode, taken(n.a()), taken(n.b()));
    }

    private int lower(int i, Node node) {
      return switch (node) {
        case Node.Read n ->
            formula.inputs().get(n.input()).kind() == Kind.COLUMN
                ? code.leaf(Opcode.SCALAR, i)
                : code.leaf(Opcode.STREAM, n.input());
        case Node.Uniform n -> code.leaf(Opcode.RANDOM, n.clock());
        case Node.Unary n -> unary(n.function(), n.x(), taken(n.x()));
        case Node.Binary n -> binary(n.function(), taken(n.a()), taken(n.b()));
        case Node.Fma n -> code.fma(taken(n.a()), taken(n.b()), taken(n.c()));
        case Node.Compare n -> compare(n);
        case Node.Select n -> code.select(taken(n.test()), taken(n.a()), taken(n.b()));
        case Node.Round n -> round(n.to(), taken(n.x()));
        case Node.Constant _, Node.Position _, Node.Before _, Node.Apply _ ->
            throw new IllegalArgumentException(node + " is not part of a kernel's code");
      };
    }

    private int unary(UnaryFunction f, int node, int x) {
      return switch (f) {
        case NEGATE -> code.neg(x);
        case ABS -> code.abs(x);
        case SIGN -> functions.sign(x);
        case FLOOR -> functions.floor(x);
        case SQRT -> code.of(Opcode.SQRT, x);
        case RSQRT -> functions.rsqrt(x);
        case EXP -> bounds.within(node, -87.4, 88) ? functions.expBounded(x) : functions.exp(x);
        case EXPM1 -> functions.expm1(x);
        case LOG -> functions.log(x);
        case LOG1P -> functions.log1p(x);
        case TANH -> functions.tanh(x);
        case SIGMOID -> functions.sigmoid(x);
        case ERF -> functions.erf(x);
      };
    }

    private int binary(BinaryFunction f, int a, int b) {
      return switch (f) {
        case ADD -> code.add(a, b);
        case SUBTRACT -> code.sub(a, b);
        case MULTIPLY -> code.mul(a, b);
        case DIVIDE -> code.div(a, b);
        case MINIMUM -> bound(false, a, b);
        case MAXIMUM -> bound(true, a, b);
        case POWER -> throw new IllegalArgumentException("there is no power of vectors");
      };
    }

    /** With a constant by comparison: the maximum of Java takes five instructions on x86. */
    private int bound(boolean max, int a, int b) {
      int constant = code.isConstant(b) ? b : a;
      int x = constant == b ? a : b;
      if (!code.isConstant(constant) || Float.isNaN(code.constant(constant))) {
        return code.of(max ? Opcode.MAX : Opcode.MIN, a, b);
      }
      float end = code.constant(constant);
      return max ? code.whereLess(x, end, constant, x) : code.whereGreater(x, end, constant, x);
    }

    private int round(DType to, int x) {
      return switch (to) {
        case FP32 -> x;
        case BF16 -> functions.roundToBf16(x);
        case INT32 -> functions.roundToInt(x);
        case UINT8 -> functions.roundToByte(x);
        case FP64 -> throw new IllegalArgumentException("FP64 in a kernel of FP32");
      };
    }
  }
}
