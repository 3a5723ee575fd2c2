package dev.lamina.cuda.formula;

import dev.lamina.LaminaException;
import dev.lamina.cuda.formula.ByteCode.Instruction;
import dev.lamina.formula.Flag;
import dev.lamina.formula.Formula;
import dev.lamina.formula.Node;
import dev.lamina.formula.Output;
import dev.lamina.type.DType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** Translates a formula without named functions to byte code. */
final class ByteCodeWriter {
  /** Up to it a double holds every integer; no matrix has so many elements. */
  private static final long EXACT = 1L << 53;

  /** In the place of a RAISE's kind, as formula/interpreter.cu has it. */
  private static final int REST = 1;

  private final Formula formula;
  private final boolean[] uniform;

  /** For each node its place among uniform numbers, or its register while it is needed. */
  private final int[] at;

  /** For each node the last one that takes it; what is stored is needed to the end. */
  private final int[] lastUse;

  private final List<Double> constants = new ArrayList<>();
  private final List<Instruction> common = new ArrayList<>();
  private final List<Instruction> own = new ArrayList<>();
  private final Deque<Integer> free = new ArrayDeque<>();
  private int registers;

  ByteCodeWriter(Formula formula) {
    this.formula = formula;
    uniform = formula.uniform();
    at = new int[uniform.length];
    lastUse = lastUses(formula);
  }

  private static int[] lastUses(Formula formula) {
    int[] last = new int[formula.nodes().size()];
    for (int i = 0; i < last.length; i++) {
      for (int operand : formula.nodes().get(i).operands()) {
        last[operand] = i;
      }
    }
    formula.outputs().forEach(o -> last[o.node()] = last.length);
    formula.flags().forEach(f -> last[f.test()] = last.length);
    return last;
  }

  ByteCode write() {
    for (int i = 0; i < at.length; i++) {
      if (uniform[i]) {
        at[i] = common.size();
        common.add(instruction(i, at[i]));
      }
    }
    for (int i = 0; i < at.length; i++) {
      if (!uniform[i]) {
        own.add(elementInstruction(i));
      }
    }
    stores();
    int places = (int) formula.outputs().stream().filter(Output::isNew).count();
    check("operands", formula.inputs().size() + places, ByteCode.PLACES);
    check("numbers of an element at once", registers, ByteCode.REGISTERS);
    check("numbers beside the elements'", common.size(), ByteCode.UNIFORM);
    List<Instruction> all = new ArrayList<>(common);
    all.addAll(own);
    int skip = formula.skip() == Formula.NEVER ? -1 : at[formula.skip()];
    return new ByteCode(all, constants, common.size(), own.size(), skip);
  }

  private void check(String what, int count, int most) {
    if (count > most) {
      throw new LaminaException(
          "without NVRTC a formula on the GPU may have "
              + most
              + " "
              + what
              + ", and this one has "
              + count
              + ": install NVRTC (for example pip install nvidia-cuda-nvrtc), or make several"
              + " formulas of it\n"
              + formula);
    }
  }

  /** An operand's register is free for the result: elements are computed one by one. */
  private Instruction elementInstruction(int i) {
    Node node = formula.nodes().get(i);
    int[] operands = Arrays.stream(node.operands()).map(this::operand).toArray();
    Arrays.stream(node.operands())
        .distinct()
        .filter(o -> !uniform[o] && lastUse[o] == i)
        .forEach(o -> free.push(at[o]));
    at[i] = free.isEmpty() ? registers++ : free.pop();
    return instruction(node, at[i], operands);
  }

  private Instruction instruction(int i, int to) {
    Node node = formula.nodes().get(i);
    return instruction(node, to, Arrays.stream(node.operands()).map(o -> at[o]).toArray());
  }

  private static Instruction simple(Opcode code, int to, int... operands) {
    int a = operands[0];
    int b = operands.length > 1 ? operands[1] : a;
    int c = operands.length > 2 ? operands[2] : a;
    return new Instruction(code, 0, 0, to, a, b, c);
  }

  private Instruction instruction(Node node, int to, int[] x) {
    return switch (node) {
      case Node.Constant n -> simple(Opcode.CONSTANT, to, constant(n.value()));
      case Node.Read n -> {
        var input = formula.inputs().get(n.input());
        int type = input.dtype().ordinal();
        int kind = input.kind().ordinal();
        yield new Instruction(Opcode.READ, type, kind, to, n.input(), n.element(), 0);
      }
      case Node.Position n -> simple(Opcode.POSITION, to, n.axis().ordinal());
      case Node.Before n -> simple(Opcode.BEFORE, to, constant(Math.min(n.end(), EXACT)));
      case Node.Uniform n -> simple(Opcode.DRAW, to, n.clock(), constant(n.stream()));
      case Node.Unary n -> simple(Opcode.valueOf(n.function().name()), to, x);
      case Node.Binary n -> simple(Opcode.valueOf(n.function().name()), to, x);
      case Node.Compare n -> simple(Opcode.valueOf(n.comparison().name()), to, x);
      case Node.Fma _ -> simple(Opcode.FMA, to, x);
      case Node.Select _ -> simple(Opcode.SELECT, to, x);
      case Node.Round n -> new Instruction(Opcode.ROUND, n.to().ordinal(), 0, to, x[0], x[0], x[0]);
      case Node.Apply _ -> throw new AssertionError(node);
    };
  }

  private int constant(double value) {
    constants.add(value);
    return constants.size() - 1;
  }

  private int operand(int node) {
    return uniform[node] ? ByteCode.REGISTERS + at[node] : at[node];
  }

  /** After everything was read: an output may overwrite an input. */
  private void stores() {
    int place = formula.inputs().size();
    for (Output output : formula.outputs()) {
      own.add(store(output.dtype(), output.node(), output.isNew() ? place : output.over()));
      place += output.isNew() ? 1 : 0;
    }
    for (Flag flag : formula.flags()) {
      int type = formula.inputs().get(flag.input()).dtype().ordinal();
      int kind = flag.isRest() ? REST : 0;
      int value = flag.isRest() ? 0 : at[flag.value()];
      int test = operand(flag.test());
      own.add(new Instruction(Opcode.RAISE, type, kind, value, test, flag.input(), flag.element()));
    }
  }

  private Instruction store(DType dtype, int node, int place) {
    return new Instruction(Opcode.STORE, dtype.ordinal(), 0, 0, operand(node), place, 0);
  }
}
