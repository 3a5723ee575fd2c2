package dev.lamina.cpu.jit;

import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.MTD_void;

import dev.lamina.formula.Formula;
import dev.lamina.formula.Node;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.classfile.attribute.SourceFileAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/**
 * Emits a {@link VectorKernel}: a loop over whole vectors, and a method apart that does the rest
 * under a mask. Between loads and stores it calls nothing but the Vector API, because the JIT
 * compiler stops to inline other methods when a loop has become large, and then allocates every
 * vector that is passed to one.
 */
final class VectorEmitter {
  private static final ClassDesc SEGMENT = ClassDesc.of("java.lang.foreign.MemorySegment");
  static final ClassDesc SPECIES = ClassDesc.of(Species.class.getName());
  private static final ClassDesc KERNEL = ClassDesc.of(VectorKernel.class.getName());
  private static final MethodTypeDesc RUN =
      MethodTypeDesc.of(
          CD_int, SEGMENT.arrayType(), CD_long, CD_long.arrayType(), CD_double.arrayType(), CD_int);

  /** The last argument is how many elements have been computed. */
  private static final MethodTypeDesc REST = RUN.insertParameterTypes(5, CD_int);

  /** From so many segments on the JIT compiler must not know the stride. */
  private static final int MANY = 4;

  private final KernelPlan plan;
  private final Layout layout;
  private final Formula formula;
  private final FloatLowering lowering;
  private final boolean[] invariant;
  private final ClassDesc name;

  /** How many vectors are computed at a time: random numbers are drawn for two. */
  private final int halves;

  private VectorEmitter(KernelPlan plan, Layout layout, ClassDesc name) {
    this.plan = plan;
    this.layout = layout;
    this.name = name;
    formula = plan.code();
    halves = plan.randoms().isEmpty() ? 1 : 2;
    lowering = FloatLowering.of(formula);
    invariant = new boolean[lowering.code().size()];
    for (int i = 0; i < invariant.length; i++) {
      Instruction instruction = lowering.code().get(i);
      invariant[i] = instruction.opcode() != Opcode.STREAM && instruction.opcode() != Opcode.RANDOM;
      for (int operand : instruction.operands()) {
        invariant[i] &= invariant[operand];
      }
    }
  }

  static byte[] emit(KernelPlan plan, Layout layout, ClassDesc name) {
    VectorEmitter emitter = new VectorEmitter(plan, layout, name);
    return ClassFile.of()
        .build(
            name,
            c ->
                c.withFlags(ClassFile.ACC_FINAL)
                    .withSuperclass(KERNEL)
                    .with(SourceFileAttribute.of(KernelCache.SOURCE))
                    .withMethodBody(
                        "<init>",
                        MTD_void,
                        ClassFile.ACC_PUBLIC,
                        b -> b.aload(0).invokespecial(KERNEL, "<init>", MTD_void).return_())
                    .withMethodBody(
                        "run", RUN, ClassFile.ACC_PUBLIC, b -> emitter.new Body(b, 1).run())
                    .withMethodBody(
                        "rest",
                        REST,
                        ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC,
                        b -> emitter.new Body(b, 0).rest()));
  }

  /** The code of one method. */
  private final class Body {
    private final CodeBuilder code;
    private final VectorCode vectors;
    private final DoubleEmitter doubles;
    private final int streams;
    private final int origin;
    private final int starts;
    private final int scalars;
    private final int count;
    private final int[] segment;
    private final int[] start;
    private final int[] slots = new int[invariant.length];

    /** For each half of what is computed at a time, the variables of the random numbers. */
    private final int[][] drawn = new int[2][plan.randoms().size()];

    /** How many bytes of each operand have been passed. */
    private final int passed;

    private final int[][] numbers = new int[plan.randoms().size()][RandomCode.NUMBERS];
    private int current;
    private boolean inLongLoop;

    /**
     * Starts a method.
     *
     * @param first the local variable of its first argument
     */
    Body(CodeBuilder code, int first) {
      this.code = code;
      streams = first;
      origin = first + 1;
      starts = first + 3;
      scalars = first + 4;
      count = first + 5;
      passed = code.allocateLocal(TypeKind.LONG);
      vectors = new VectorCode(code);
      doubles = new DoubleEmitter(formula, code);
      segment = new int[plan.streams().size() + formula.outputs().size()];
      start = new int[segment.length];
    }

    void run() {
      before(true);
      FlagCode flagged = flags(false);
      int whole = code.allocateLocal(TypeKind.INT);
      int at = code.allocateLocal(TypeKind.LONG);
      code.iload(count);
      width().ineg().iand().istore(whole);
      Label top = code.newLabel();
      Label done = code.newLabel();
      Loop loop = layout.count() < MANY ? new IntLoop() : new LongLoop();
      loop.start(whole);
      code.labelBinding(top);
      loop.leaveAtEnd(done, whole, at);
      draw(at);
      for (int half = 0; half < halves; half++) {
        next(half, at);
        elements(at, half, -1);
        flagged.add(passed, -1);
      }
      loop.advance();
      code.goto_(top).labelBinding(done);
      int flags = code.allocateLocal(TypeKind.INT);
      code.iconst_0().istore(flags);
      Label nothing = code.newLabel();
      code.iload(whole).iload(count).if_icmpge(nothing);
      code.aload(streams).lload(origin).aload(starts).aload(scalars).iload(count).iload(whole);
      code.invokestatic(name, "rest", REST).istore(flags).labelBinding(nothing);
      flagged.end(flags); // last, because its elements come first
      code.iload(flags).ireturn();
    }

    /** The loop over whole vectors. */
    private interface Loop {
      void start(int whole);

      /** Leaves the loop at its end, else sets the offset. */
      void leaveAtEnd(Label done, int whole, int at);

      void advance();
    }

    /** Counts elements; the JIT compiler hoists the bounds checks and unrolls. */
    private final class IntLoop implements Loop {
      private final int index = code.allocateLocal(TypeKind.INT);

      @Override
      public void start(int whole) {
        code.iconst_0().istore(index);
      }

      @Override
      public void leaveAtEnd(Label done, int whole, int at) {
        code.iload(index).iload(whole).if_icmpge(done);
        code.iload(index).i2l().iconst_2().lshl().lstore(passed);
        code.lload(origin).lload(passed).ladd().lstore(at);
      }

      @Override
      public void advance() {
        code.iload(index);
        width().iadd().istore(index);
      }
    }

    /** Counts bytes by a stride that the JIT compiler does not know: see {@link Species}. */
    private final class LongLoop implements Loop {
      private final int place = code.allocateLocal(TypeKind.LONG);
      private final int end = code.allocateLocal(TypeKind.LONG);
      private final int stride = code.allocateLocal(TypeKind.LONG);

      @Override
      public void start(int whole) {
        inLongLoop = true;
        code.lload(origin).lstore(place);
        code.lload(origin).iload(whole).i2l().iconst_2().lshl().ladd().lstore(end);
        code.getstatic(SPECIES, "stride", CD_long).loadConstant((long) halves).lmul();
        code.lstore(stride);
      }

      @Override
      public void leaveAtEnd(Label done, int whole, int at) {
        code.lload(place).lload(end).lcmp().ifge(done);
        code.lload(place).lstore(at);
        code.lload(place).lload(origin).lsub().lstore(passed);
      }

      @Override
      public void advance() {
        code.lload(place).lload(stride).ladd().lstore(place);
      }
    }

    /** Puts the number of elements that are computed at a time on the stack. */
    private CodeBuilder width() {
      return code.getstatic(SPECIES, "V", CD_int).loadConstant(halves).imul();
    }

    /** Goes from the first vector to the second. */
    private void next(int half, int at) {
      if (half > 0) {
        for (int local : new int[] {at, passed}) {
          code.lload(local).getstatic(SPECIES, "V", CD_int).iconst_2().ishl().i2l().ladd();
          code.lstore(local);
        }
      }
    }

    /** Draws the random numbers of two vectors of elements. */
    private void draw(int at) {
      if (plan.randoms().isEmpty()) {
        return;
      }
      int block = code.allocateLocal(TypeKind.LONG);
      code.lload(at).iconst_4().lushr().lstore(block);
      RandomCode random = new RandomCode(code);
      for (int k = 0; k < plan.randoms().size(); k++) {
        for (int half = 0; half < halves; half++) {
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

    private FlagCode flags(boolean tested) {
      return new FlagCode(
          code, vectors, plan, k -> code.aload(slots[lowering.flags()[k]]), scalars, tested);
    }

    void rest() {
      int whole = count + 1;
      before(false);
      FlagCode flagged = flags(true);
      int mask = code.allocateLocal(TypeKind.REFERENCE);
      int at = code.allocateLocal(TypeKind.LONG);
      int flags = code.allocateLocal(TypeKind.INT);
      code.iconst_0().istore(flags);
      code.iload(whole).i2l().iconst_2().lshl().lstore(passed);
      code.lload(origin).lload(passed).ladd().lstore(at);
      draw(at);
      for (int half = 0; half < halves; half++) {
        next(half, at);
        code.getstatic(SPECIES, "F", VectorCode.SPECIES).iload(whole).iload(count);
        vectors.indexInRange();
        code.astore(mask);
        elements(at, half, mask);
        flagged.add(passed, mask);
        if (half + 1 < halves) {
          Label more = code.newLabel();
          code.iload(whole).getstatic(SPECIES, "V", CD_int).iadd().istore(whole);
          code.iload(whole).iload(count).if_icmplt(more);
          flagged.end(flags);
          code.iload(flags).ireturn().labelBinding(more);
        }
      }
      flagged.end(flags);
      code.iload(flags).ireturn();
    }

    /** What is done once: places of streams, numbers in double, vectors that do not change. */
    private void before(boolean maySkip) {
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
      for (int i = 0; i < invariant.length; i++) {
        if (invariant[i]) {
          compute(i, -1, -1);
        }
      }
    }

    private void scalar(int number) {
      code.aload(scalars).loadConstant(number).daload();
    }

    private void elements(int at, int half, int mask) {
      current = half;
      for (int i = 0; i < invariant.length; i++) {
        if (!invariant[i]) {
          compute(i, at, mask);
        }
      }
      for (int k = 0; k < lowering.outputs().length; k++) {
        push(lowering.outputs()[k]);
        place(plan.streams().size() + k, at);
        vectors.store(mask);
      }
    }

    /** Puts the segment and the offset of a stream on the stack. */
    private void place(int stream, int at) {
      code.aload(segment[stream]);
      if (layout.aligned().get(stream) && inLongLoop) {
        code.lload(at);
      } else if (layout.aligned().get(stream)) {
        // Not kept in a variable: the JIT compiler would not see a counter and an offset in it.
        code.lload(origin).lload(passed).ladd();
      } else {
        code.lload(start[stream]).lload(passed).ladd();
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

    private void compute(int i, int at, int mask) {
      Instruction instruction = lowering.code().get(i);
      code.lineNumber(lowering.origins()[i] + 1);
      switch (instruction.opcode()) {
        case CONSTANT -> {
          return; // where it is taken
        }
        case STREAM -> {
          code.getstatic(SPECIES, "F", VectorCode.SPECIES);
          place(instruction.bits(), at);
          vectors.load(mask);
        }
        case RANDOM -> code.aload(drawn[current][instruction.bits()]);
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
}
