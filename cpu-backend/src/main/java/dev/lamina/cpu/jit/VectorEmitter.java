package dev.lamina.cpu.jit;

import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import dev.lamina.formula.Formula;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
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
  }

  static byte[] emit(KernelPlan plan, Layout layout, ClassDesc name) {
    VectorEmitter emitter = new VectorEmitter(plan, layout, name);
    return KernelClass.of(
        name,
        KERNEL,
        c ->
            c.withMethodBody("run", RUN, ClassFile.ACC_PUBLIC, b -> emitter.run(emitter.body(b, 1)))
                .withMethodBody(
                    "rest",
                    REST,
                    ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC,
                    b -> emitter.rest(emitter.body(b, 0))));
  }

  /**
   * Starts a method.
   *
   * @param first the local variable of its first argument
   */
  private VectorBody body(CodeBuilder code, int first) {
    return new VectorBody(plan, layout, lowering, code, first);
  }

  private void run(VectorBody body) {
    CodeBuilder code = body.code;
    body.before(true);
    FlagCode flagged = new FlagCode(body, plan, false);
    int whole = code.allocateLocal(TypeKind.INT);
    code.iload(body.count);
    width(code).ineg().iand().istore(whole);
    Label top = code.newLabel();
    Label done = code.newLabel();
    boolean many = layout.count() >= MANY;
    Loop loop = many ? new LongLoop(body) : new IntLoop(body);
    loop.start(whole);
    code.labelBinding(top);
    loop.leaveAtEnd(done, whole);
    body.draw();
    for (int half = 0; half < halves; half++) {
      next(body, half);
      body.elements(half, -1, many);
      flagged.add(-1);
    }
    loop.advance();
    code.goto_(top).labelBinding(done);
    int flags = code.allocateLocal(TypeKind.INT);
    code.iconst_0().istore(flags);
    Label nothing = code.newLabel();
    code.iload(whole).iload(body.count).if_icmpge(nothing);
    code.aload(body.streams).lload(body.origin).aload(body.starts).aload(body.scalars);
    code.iload(body.count).iload(whole);
    code.invokestatic(name, "rest", REST).istore(flags).labelBinding(nothing);
    flagged.end(flags); // last, because its elements come first
    code.iload(flags).ireturn();
  }

  private void rest(VectorBody body) {
    CodeBuilder code = body.code;
    int whole = body.count + 1;
    body.before(false);
    FlagCode flagged = new FlagCode(body, plan, true);
    int mask = code.allocateLocal(TypeKind.REFERENCE);
    int flags = code.allocateLocal(TypeKind.INT);
    code.iconst_0().istore(flags);
    code.iload(whole).i2l().iconst_2().lshl().lstore(body.passed);
    code.lload(body.origin).lload(body.passed).ladd().lstore(body.at);
    body.draw();
    for (int half = 0; half < halves; half++) {
      next(body, half);
      code.getstatic(VectorBody.SPECIES, "F", VectorCode.SPECIES).iload(whole).iload(body.count);
      body.vectors.indexInRange();
      code.astore(mask);
      body.elements(half, mask, true);
      flagged.add(mask);
      if (half + 1 < halves) {
        Label more = code.newLabel();
        code.iload(whole).getstatic(VectorBody.SPECIES, "V", CD_int).iadd().istore(whole);
        code.iload(whole).iload(body.count).if_icmplt(more);
        flagged.end(flags);
        code.iload(flags).ireturn().labelBinding(more);
      }
    }
    flagged.end(flags);
    code.iload(flags).ireturn();
  }

  /** Puts the number of elements that are computed at a time on the stack. */
  private CodeBuilder width(CodeBuilder code) {
    return code.getstatic(VectorBody.SPECIES, "V", CD_int).loadConstant(halves).imul();
  }

  /** Goes from the first vector to the second. */
  private static void next(VectorBody body, int half) {
    if (half > 0) {
      for (int local : new int[] {body.at, body.passed}) {
        body.code.lload(local).getstatic(VectorBody.SPECIES, "V", CD_int);
        body.code.iconst_2().ishl().i2l().ladd().lstore(local);
      }
    }
  }

  /** The loop over whole vectors. */
  private interface Loop {
    void start(int whole);

    /** Leaves the loop at its end, else sets the offsets. */
    void leaveAtEnd(Label done, int whole);

    void advance();
  }

  /** Counts elements; the JIT compiler hoists the bounds checks and unrolls. */
  private final class IntLoop implements Loop {
    private final VectorBody body;
    private final CodeBuilder code;
    private final int index;

    IntLoop(VectorBody body) {
      this.body = body;
      code = body.code;
      index = code.allocateLocal(TypeKind.INT);
    }

    @Override
    public void start(int whole) {
      code.iconst_0().istore(index);
    }

    @Override
    public void leaveAtEnd(Label done, int whole) {
      code.iload(index).iload(whole).if_icmpge(done);
      code.iload(index).i2l().iconst_2().lshl().lstore(body.passed);
      code.lload(body.origin).lload(body.passed).ladd().lstore(body.at);
    }

    @Override
    public void advance() {
      code.iload(index);
      width(code).iadd().istore(index);
    }
  }

  /** Counts bytes by a stride that the JIT compiler does not know: see {@link Species}. */
  private final class LongLoop implements Loop {
    private final VectorBody body;
    private final CodeBuilder code;
    private final int place;
    private final int end;
    private final int stride;

    LongLoop(VectorBody body) {
      this.body = body;
      code = body.code;
      place = code.allocateLocal(TypeKind.LONG);
      end = code.allocateLocal(TypeKind.LONG);
      stride = code.allocateLocal(TypeKind.LONG);
    }

    @Override
    public void start(int whole) {
      code.lload(body.origin).lstore(place);
      code.lload(body.origin).iload(whole).i2l().iconst_2().lshl().ladd().lstore(end);
      code.getstatic(VectorBody.SPECIES, "stride", CD_long).loadConstant((long) halves).lmul();
      code.lstore(stride);
    }

    @Override
    public void leaveAtEnd(Label done, int whole) {
      code.lload(place).lload(end).lcmp().ifge(done);
      code.lload(place).lstore(body.at);
      code.lload(place).lload(body.origin).lsub().lstore(body.passed);
    }

    @Override
    public void advance() {
      code.lload(place).lload(stride).ladd().lstore(place);
    }
  }
}
