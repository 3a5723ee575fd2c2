package dev.lamina.cpu.jit;

import dev.lamina.formula.Formula;
import dev.lamina.formula.Node;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;

/**
 * Emits what the methods of a {@link VectorKernel} have in common: what is done once, and the
 * instructions for one vector of elements.
 */
final class VectorBody {
  static final ClassDesc SPECIES = ClassDesc.of(Species.class.getName());

  final CodeBuilder code;
  final VectorCode vectors;

  /** The local variables of the arguments. */
  final int streams;

  final int origin;
  final int starts;
  final int scalars;
  final int count;

  /** The local variable of how many bytes of each operand have been passed. */
  final int passed;

  /** The local variable of {@link #origin} + {@link #passed}. */
  final int at;

  private final KernelPlan plan;
  private final Layout layout;
  private final Formula formula;
  private final FloatLowering lowering;
  private final DoubleEmitter doubles;
  private final int[] segment;
  private final int[] start;
  private final int[] slots;

  /** For each half of what is computed at a time, the variables of the random numbers. */
  private final int[][] drawn;

  /** For each sequence of random numbers, the variables of what makes it. */
  private final int[][] numbers;

  /**
   * Starts a method.
   *
   * @param first the local variable of its first argument
   */
  VectorBody(KernelPlan plan, Layout layout, FloatLowering lowering, CodeBuilder code, int first) {
    this.plan = plan;
    this.layout = layout;
    this.lowering = lowering;
    this.code = code;
    formula = plan.code();
    streams = first;
    origin = first + 1;
    starts = first + 3;
    scalars = first + 4;
    count = first + 5;
    passed = code.allocateLocal(TypeKind.LONG);
    at = code.allocateLocal(TypeKind.LONG);
    vectors = new VectorCode(code);
    doubles = new DoubleEmitter(formula, code);
    segment = new int[plan.streams().size() + formula.outputs().size()];
    start = new int[segment.length];
    slots = new int[lowering.code().size()];
    drawn = new int[2][plan.randoms().size()];
    numbers = new int[plan.randoms().size()][RandomCode.NUMBERS];
  }

  /** What is done once: places of streams, numbers in double, vectors that do not change. */
  void before(boolean maySkip) {
    boolean[] uniform = formula.uniform();
    for (int i = 0; i < uniform.length; i++) {
      if (uniform[i]) {
        doubles.compute(i, read -> scalar(plan.pieces().size() + read.element()));
      }
    }
    if (maySkip && formula.skip() != Formula.NEVER) {
      Label go = code.newLabel();
      doubles.jumpUnless(formula.skip(), go);
      code.loadConstant(VectorKernel.SKIPPED).ireturn().labelBinding(go);
    }
    for (int k = 0; k < segment.length; k++) {
      int same = layout.segments().get(k);
      if (same == k) {
        segment[k] = code.allocateLocal(TypeKind.REFERENCE);
        code.aload(streams).loadConstant(k).aaload().astore(segment[k]);
      } else {
        segment[k] = segment[same];
      }
      if (!layout.aligned().get(k)) {
        start[k] = code.allocateLocal(TypeKind.LONG);
        code.aload(starts).loadConstant(k).laload().lstore(start[k]);
      }
    }
    numbersOfRandoms();
    for (int i = 0; i < slots.length; i++) {
      if (lowering.invariant()[i]) {
        compute(i, 0, -1, true);
      }
    }
  }

  /** Draws the random numbers of two vectors of elements. */
  void draw() {
    if (plan.randoms().isEmpty()) {
      return;
    }
    int block = code.allocateLocal(TypeKind.LONG);
    code.lload(at).iconst_4().lushr().lstore(block);
    RandomCode random = new RandomCode(code);
    for (int k = 0; k < plan.randoms().size(); k++) {
      for (int half = 0; half < drawn.length; half++) {
        drawn[half][k] = code.allocateLocal(TypeKind.REFERENCE);
      }
      int[] own = numbers[k];
      random.draw(block, which -> code.lload(own[which]), drawn[0][k], drawn[1][k]);
    }
  }

  /** Keeps what makes the sequences of random numbers. */
  private void numbersOfRandoms() {
    for (int k = 0; k < numbers.length; k++) {
      for (int which = 0; which < RandomCode.NUMBERS; which++) {
        numbers[k][which] = code.allocateLocal(TypeKind.LONG);
        scalar(plan.firstOfRandoms() + RandomCode.NUMBERS * k + which);
        code.d2l().lstore(numbers[k][which]);
      }
    }
  }

  /** Puts the mask of the elements that raise a flag on the stack. */
  void pushFlag(int flag) {
    code.aload(slots[lowering.flags()[flag]]);
  }

  private void scalar(int number) {
    code.aload(scalars).loadConstant(number).daload();
  }

  /**
   * Computes and stores a vector of elements.
   *
   * @param half which of the vectors that are computed at a time
   * @param mask the local variable of the mask, −1 for all lanes
   * @param sumKept whether {@link #at} is where aligned operands are read; else the sum is written
   *     out, because the JIT compiler would not see a counter and an offset in a variable
   */
  void elements(int half, int mask, boolean sumKept) {
    for (int i = 0; i < slots.length; i++) {
      if (!lowering.invariant()[i]) {
        compute(i, half, mask, sumKept);
      }
    }
    for (int k = 0; k < lowering.outputs().length; k++) {
      push(lowering.outputs()[k]);
      place(plan.streams().size() + k, sumKept);
      vectors.store(mask);
    }
  }

  /** Puts the segment and the offset of a stream on the stack. */
  private void place(int stream, boolean sumKept) {
    code.aload(segment[stream]);
    boolean aligned = layout.aligned().get(stream);
    if (aligned && sumKept) {
      code.lload(at);
    } else {
      code.lload(aligned ? origin : start[stream]).lload(passed).ladd();
    }
  }

  private void push(int i) {
    Instruction instruction = lowering.code().get(i);
    if (instruction.opcode() == Opcode.CONSTANT) {
      code.getstatic(SPECIES, "F", VectorCode.SPECIES);
      code.loadConstant(Float.intBitsToFloat(instruction.bits()));
      vectors.broadcast();
    } else {
      code.aload(slots[i]);
    }
  }

  private void compute(int i, int half, int mask, boolean sumKept) {
    Instruction instruction = lowering.code().get(i);
    code.lineNumber(lowering.origins()[i] + 1);
    switch (instruction.opcode()) {
      case CONSTANT -> {
        return; // where it is taken
      }
      case STREAM -> {
        code.getstatic(SPECIES, "F", VectorCode.SPECIES);
        place(instruction.bits(), sumKept);
        vectors.load(mask);
      }
      case RANDOM -> code.aload(drawn[half][instruction.bits()]);
      case SCALAR -> {
        code.getstatic(SPECIES, "F", VectorCode.SPECIES);
        number(instruction.bits());
        code.d2f();
        vectors.broadcast();
      }
      case SELECT -> {
        push(instruction.c());
        push(instruction.b());
        push(instruction.a());
        vectors.select();
      }
      default -> {
        for (int operand : instruction.operands()) {
          push(operand);
        }
        vectors.apply(instruction);
      }
    }
    slots[i] = code.allocateLocal(TypeKind.REFERENCE);
    code.astore(slots[i]);
  }

  /** Puts a number that is the same for all elements on the stack. */
  private void number(int node) {
    if (formula.nodes().get(node) instanceof Node.Read read && !formula.uniform()[node]) {
      scalar(read.input() - plan.streams().size());
    } else {
      doubles.push(node);
    }
  }
}
