package dev.lamina.tensor;

import dev.lamina.backend.Operand;
import dev.lamina.op.Copy;
import dev.lamina.op.Fill;
import dev.lamina.op.Gemm;
import dev.lamina.op.Op;
import dev.lamina.op.Reduce;
import dev.lamina.op.Slice;
import dev.lamina.op.Transpose;
import dev.lamina.type.DType;
import dev.lamina.type.ShapeException;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The {@link Tensor} that computes: device memory and the backend that works on it. {@code stored}
 * is what lies in memory; a transposed view shows its transpose.
 */
final class DeviceTensor implements Tensor {
  private final TensorArena arena;
  private final Operand stored;
  private final boolean transposed;

  private final Destination results;

  DeviceTensor(TensorArena arena, Operand stored) {
    this(arena, stored, false, Destination.in(arena));
  }

  private DeviceTensor(TensorArena arena, Operand stored, boolean transposed, Destination results) {
    this.arena = arena;
    this.stored = stored;
    this.transposed = transposed;
    this.results = results;
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
    return base.view(
        new Operand(
            base.stored.memory(), base.stored.offset(), type().as(shape().reshaped(extents))),
        false);
  }

  /** Other memory of the same arena, or the same seen otherwise. */
  private DeviceTensor view(Operand memory, boolean transpose) {
    return new DeviceTensor(arena, memory, transpose, Destination.in(results.arena()));
  }

  @Override
  public Tensor in(TensorArena target) {
    checkSameBackend(target, "results of " + this + " in " + target.name());
    return new DeviceTensor(arena, stored, transposed, Destination.in(target));
  }

  @Override
  public Tensor inPlace() {
    if (transposed) {
      throw new ShapeException("in place of " + type() + ": it is a transposed view; copy it");
    }
    return new DeviceTensor(arena, stored, false, new Destination(results.arena(), stored));
  }

  @Override
  public Tensor transpose() {
    stored.type().shape().transposed();
    return view(stored, !transposed);
  }

  @Override
  public Tensor rows(long from, long to) {
    DeviceTensor base = contiguous();
    TensorType whole = base.stored.type();
    TensorType part = new Slice(Reduce.Axis.ROWS, from, to).infer(List.of(whole)).getFirst();
    long rowBytes = whole.bytes() / whole.shape().extent(0);
    return base.view(
        new Operand(base.stored.memory(), base.stored.offset() + from * rowBytes, part), false);
  }

  @Override
  public Tensor matmul(Tensor b) {
    if (b instanceof RecordedTensor recorded && !results.isInPlace()) {
      return recorded.tape().lift(this).matmul(b);
    }
    DeviceTensor right = operand(b);
    return call(
        Gemm.of(transposed, right.transposed), results.with(right.results), stored, right.stored);
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
    if (!gemm.infer(Destination.types(inputs)).getFirst().equals(type())) {
      throw new ShapeException(
          "gemm of " + a.type() + " and " + b.type() + " does not fit the target " + type());
    }
    if (left.stored.overlaps(stored) || right.stored.overlaps(stored)) {
      throw new ShapeException("gemm: the target shares memory with a factor; copy one first");
    }
    results.run(gemm, inputs, stored);
    return this;
  }

  @Override
  public Tensor copy() {
    check();
    return copyTo(results.arena());
  }

  @Override
  public Tensor to(TensorArena target) {
    if (target.backend() == arena.backend()) {
      return copyTo(target);
    }
    Tensor made = target.empty(type());
    HostCopy.between(this, made);
    return made;
  }

  private Tensor copyTo(TensorArena target) {
    check();
    Op op = transposed ? new Transpose() : new Copy();
    return new DeviceTensor(target, Destination.in(target).compute(op, List.of(stored)));
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
    check();
    type().checkHost(toString(), target);
    if (transposed) {
      try (TensorArena temporary = arena.temporary()) {
        to(temporary).read(target);
      }
    } else {
      stored.memory().read(stored.offset(), target);
    }
  }

  @Override
  public void write(MemorySegment source) {
    check();
    type().checkHost(toString(), source);
    if (transposed) {
      throw new ShapeException("writing to " + type() + ": it is a transposed view");
    }
    stored.memory().write(stored.offset(), source);
  }

  DeviceTensor fill(double value) {
    results.run(new Fill(value, stored.type()), List.of(), stored);
    return this;
  }

  @Override
  public String toString() {
    return "tensor " + type() + " in " + arena.name();
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
    if (!arena.isOpen()) {
      arena.checkOpen(toString());
    }
  }

  private void checkSameBackend(TensorArena other, String what) {
    if (other.backend() != arena.backend()) {
      throw new ShapeException(
          what
              + ": one is on "
              + arena.backend().device().id()
              + ", the other on "
              + other.backend().device().id()
              + " or another instance of it; copy one with to(arena)");
    }
  }

  /** This tensor with its elements in the order in which it shows them. */
  private DeviceTensor contiguous() {
    check();
    return transposed ? (DeviceTensor) copy() : this;
  }

  /** Its elements in memory, in the order in which it shows them. */
  Operand operand() {
    return contiguous().stored;
  }

  private DeviceTensor operand(Tensor other) {
    DeviceTensor tensor =
        other instanceof RecordedTensor recorded ? recorded.tensor() : (DeviceTensor) other;
    if (tensor.arena.backend() != arena.backend()) {
      checkSameBackend(tensor.arena, this + " and " + tensor);
    }
    tensor.check();
    return tensor;
  }

  @Override
  public Tensor apply(Op op, Tensor b) {
    if (b instanceof RecordedTensor recorded && !results.isInPlace()) {
      return recorded.tape().lift(this).apply(op, b);
    }
    DeviceTensor right = operand(b);
    return call(op, results.with(right.results), contiguous().stored, right.contiguous().stored);
  }

  @Override
  public Tensor apply(Op op, List<Tensor> more) {
    for (Tensor b : more) {
      if (b instanceof RecordedTensor recorded && !results.isInPlace()) {
        return recorded.tape().lift(this).apply(op, more);
      }
    }
    Destination destination = results;
    Operand[] operands = new Operand[1 + more.size()];
    operands[0] = contiguous().stored;
    for (int i = 1; i < operands.length; i++) {
      DeviceTensor next = operand(more.get(i - 1));
      operands[i] = next.contiguous().stored;
      destination = destination.with(next.results);
    }
    return call(op, destination, operands);
  }

  @Override
  public Tensor apply(Op op) {
    return call(op, results, contiguous().stored);
  }

  /** Runs an operation on operands of this tensor and others. */
  private Tensor call(Op op, Destination destination, Operand... operands) {
    check();
    Operand result = destination.compute(op, List.of(operands));
    return result == stored ? view(stored, false) : new DeviceTensor(destination.arena(), result);
  }
}
