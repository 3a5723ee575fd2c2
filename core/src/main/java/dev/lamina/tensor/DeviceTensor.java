package dev.lamina.tensor;

import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Operand;
import dev.lamina.op.Activate;
import dev.lamina.op.Activation;
import dev.lamina.op.Affine;
import dev.lamina.op.ArgMax;
import dev.lamina.op.Binary;
import dev.lamina.op.Cast;
import dev.lamina.op.Copy;
import dev.lamina.op.Fill;
import dev.lamina.op.Gemm;
import dev.lamina.op.Op;
import dev.lamina.op.Reduce;
import dev.lamina.op.Softmax;
import dev.lamina.op.Transpose;
import dev.lamina.op.Unary;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.ShapeException;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The one implementation of {@link Tensor}: device memory and the backend that computes on it.
 * {@code stored} is what lies in memory; a transposed view shows its transpose.
 */
final class DeviceTensor implements Tensor {
  private final TensorArena arena;
  private final Operand stored;
  private final boolean transposed;

  DeviceTensor(TensorArena arena, Operand stored, boolean transposed) {
    this.arena = arena;
    this.stored = stored;
    this.transposed = transposed;
  }

  @Override
  public TensorType type() {
    TensorType type = stored.type();
    return transposed ? type.as(type.shape().transposed()) : type;
  }

  @Override
  public TensorArena arena() {
    return arena;
  }

  @Override
  public Tensor reshape(long... extents) {
    DeviceTensor base = contiguous();
    return new DeviceTensor(
        arena,
        new Operand(base.stored.memory(), base.stored.offset(), type().as(resolve(extents))),
        false);
  }

  private Shape resolve(long[] extents) {
    long[] wanted = extents.clone();
    long known = 1;
    int open = -1;
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i] == -1 && open < 0) {
        open = i;
      } else {
        known *= wanted[i];
      }
    }
    if (open >= 0) {
      wanted[open] = known > 0 ? type().size() / known : 0;
    }
    Shape shape = Shape.of(wanted);
    if (shape.size() != type().size()) {
      throw new ShapeException(
          "reshape of " + type() + " to " + shape + ": expected " + type().size() + " elements");
    }
    return shape;
  }

  @Override
  public Tensor transpose() {
    stored.type().shape().transposed();
    return new DeviceTensor(arena, stored, !transposed);
  }

  @Override
  public Tensor rows(long from, long to) {
    DeviceTensor base = contiguous();
    Shape shape = base.stored.type().shape();
    if (shape.rank() == 0 || from < 0 || from >= to || to > shape.extent(0)) {
      throw new ShapeException(
          "rows " + from + " to " + to + " of " + type() + ": expected 0 <= from < to <= rows");
    }
    long[] extents = shape.extents();
    long rowBytes = base.stored.type().bytes() / extents[0];
    extents[0] = to - from;
    return new DeviceTensor(
        arena,
        new Operand(
            base.stored.memory(),
            base.stored.offset() + from * rowBytes,
            TensorType.of(dtype(), extents)),
        false);
  }

  @Override
  public Tensor matmul(Tensor b) {
    DeviceTensor right = operand(b);
    return call(Gemm.of(transposed, right.transposed), stored, right.stored);
  }

  @Override
  public Tensor gemm(double alpha, Tensor a, Tensor b, double beta) {
    DeviceTensor left = operand(a);
    DeviceTensor right = operand(b);
    if (transposed) {
      throw new ShapeException("gemm into " + type() + ": the target is a transposed view");
    }
    Gemm gemm = Gemm.of(left.transposed, right.transposed).scaled(alpha, beta);
    List<Operand> inputs = new ArrayList<>(List.of(left.stored, right.stored));
    if (beta != 0) {
      inputs.add(stored);
    }
    if (!gemm.infer(inputs.stream().map(Operand::type).toList()).getFirst().equals(type())) {
      throw new ShapeException(
          "gemm of " + a.type() + " and " + b.type() + " does not fit the target " + type());
    }
    if (left.stored.overlaps(stored) || right.stored.overlaps(stored)) {
      throw new ShapeException("gemm: the target shares memory with a factor; copy one first");
    }
    run(new Call(arena.name(), gemm, inputs, List.of(stored)));
    return this;
  }

  @Override
  public Tensor add(Tensor b) {
    return binary(Binary.Kind.ADD, b);
  }

  @Override
  public Tensor subtract(Tensor b) {
    return binary(Binary.Kind.SUBTRACT, b);
  }

  @Override
  public Tensor multiply(Tensor b) {
    return binary(Binary.Kind.MULTIPLY, b);
  }

  @Override
  public Tensor divide(Tensor b) {
    return binary(Binary.Kind.DIVIDE, b);
  }

  @Override
  public Tensor maximum(Tensor b) {
    return binary(Binary.Kind.MAXIMUM, b);
  }

  @Override
  public Tensor minimum(Tensor b) {
    return binary(Binary.Kind.MINIMUM, b);
  }

  @Override
  public Tensor equal(Tensor b) {
    return binary(Binary.Kind.EQUAL, b);
  }

  @Override
  public Tensor greaterEqual(Tensor b) {
    return binary(Binary.Kind.GREATER_EQUAL, b);
  }

  @Override
  public Tensor affine(double scale, double shift) {
    return apply(new Affine(scale, shift));
  }

  @Override
  public Tensor negate() {
    return apply(new Unary(Unary.Function.NEGATE));
  }

  @Override
  public Tensor abs() {
    return apply(new Unary(Unary.Function.ABS));
  }

  @Override
  public Tensor exp() {
    return apply(new Unary(Unary.Function.EXP));
  }

  @Override
  public Tensor log() {
    return apply(new Unary(Unary.Function.LOG));
  }

  @Override
  public Tensor sqrt() {
    return apply(new Unary(Unary.Function.SQRT));
  }

  @Override
  public Tensor square() {
    return apply(new Unary(Unary.Function.SQUARE));
  }

  @Override
  public Tensor reciprocal() {
    return apply(new Unary(Unary.Function.RECIPROCAL));
  }

  @Override
  public Tensor sign() {
    return apply(new Unary(Unary.Function.SIGN));
  }

  @Override
  public Tensor activate(Activation activation) {
    return apply(new Activate(activation));
  }

  @Override
  public Tensor softmax() {
    return apply(new Softmax(false));
  }

  @Override
  public Tensor logSoftmax() {
    return apply(new Softmax(true));
  }

  @Override
  public Tensor sum(Reduce.Axis axis) {
    return apply(new Reduce(Reduce.Kind.SUM, axis));
  }

  @Override
  public Tensor mean(Reduce.Axis axis) {
    return apply(new Reduce(Reduce.Kind.MEAN, axis));
  }

  @Override
  public Tensor max(Reduce.Axis axis) {
    return apply(new Reduce(Reduce.Kind.MAX, axis));
  }

  @Override
  public Tensor argMax(Reduce.Axis axis) {
    return apply(new ArgMax(axis));
  }

  @Override
  public Tensor cast(DType to) {
    return apply(new Cast(to));
  }

  @Override
  public Tensor copy() {
    return transposed ? call(new Transpose(), stored) : apply(new Copy());
  }

  @Override
  public Tensor to(TensorArena target) {
    if (target.backend() == arena.backend()) {
      DeviceTensor made = (DeviceTensor) target.empty(type());
      check();
      made.run(
          new Call(
              target.name(),
              transposed ? new Transpose() : new Copy(),
              List.of(stored),
              List.of(made.stored)));
      return made;
    }
    Tensor made = target.empty(type());
    HostCopy.between(this, made);
    return made;
  }

  @Override
  public void assign(Tensor source) {
    if (!source.type().equals(type()) || transposed) {
      throw new ShapeException(
          "assignment of " + source.type() + " to " + type() + ": expected one type, and no view");
    }
    HostCopy.between(source, this);
  }

  @Override
  public double item() {
    if (!type().shape().isSingle()) {
      throw new ShapeException("item of " + type() + ": expected a tensor of one element");
    }
    return toDoubles()[0];
  }

  @Override
  public float[] toFloats() {
    expect(DType.FP32);
    float[] result = new float[length()];
    read(MemorySegment.ofArray(result));
    return result;
  }

  @Override
  public double[] toDoubles() {
    return HostArrays.toDoubles(this);
  }

  @Override
  public int[] toInts() {
    expect(DType.INT32);
    int[] result = new int[length()];
    read(MemorySegment.ofArray(result));
    return result;
  }

  @Override
  public byte[] toBytes() {
    expect(DType.UINT8);
    byte[] result = new byte[length()];
    read(MemorySegment.ofArray(result));
    return result;
  }

  @Override
  public void read(MemorySegment target) {
    DeviceTensor base = contiguous();
    base.checkHost(target);
    base.stored.memory().read(base.stored.offset(), target);
  }

  @Override
  public void write(MemorySegment source) {
    check();
    checkHost(source);
    if (transposed) {
      throw new ShapeException("writing to " + type() + ": it is a transposed view");
    }
    stored.memory().write(stored.offset(), source);
  }

  DeviceTensor fill(double value) {
    run(new Call(arena.name(), new Fill(value, stored.type()), List.of(), List.of(stored)));
    return this;
  }

  @Override
  public String toString() {
    return "tensor " + type() + " in " + arena.name();
  }

  private void checkHost(MemorySegment host) {
    stored.type().checkHost(toString(), host);
  }

  private void expect(DType dtype) {
    if (dtype() != dtype) {
      throw new ShapeException(this + " was read as " + dtype + "; cast it or use toDoubles()");
    }
  }

  private int length() {
    return Math.toIntExact(type().size());
  }

  private void check() {
    arena.checkOpen(toString());
  }

  /** This tensor with its elements in the order in which it shows them. */
  private DeviceTensor contiguous() {
    check();
    return transposed ? (DeviceTensor) copy() : this;
  }

  private DeviceTensor operand(Tensor other) {
    DeviceTensor tensor = (DeviceTensor) other;
    if (tensor.arena.backend() != arena.backend()) {
      throw new ShapeException(
          this
              + " is on "
              + arena.backend().device().id()
              + ", "
              + tensor
              + " on "
              + tensor.arena.backend().device().id()
              + "; copy one with to(arena)");
    }
    tensor.check();
    return tensor;
  }

  private Tensor binary(Binary.Kind kind, Tensor b) {
    return call(new Binary(kind), contiguous().stored, operand(b).contiguous().stored);
  }

  private Tensor apply(Op op) {
    return call(op, contiguous().stored);
  }

  private Tensor call(Op op, Operand... inputs) {
    check();
    List<Operand> taken = List.of(inputs);
    TensorType result = op.infer(taken.stream().map(Operand::type).toList()).getFirst();
    DeviceTensor made = (DeviceTensor) arena.empty(result);
    run(new Call(arena.name(), op, taken, List.of(made.stored)));
    return made;
  }

  private void run(Call call) {
    check();
    try (Executable executable = arena.backend().compile(call.op().label(), List.of(call))) {
      executable.run();
    }
  }
}
