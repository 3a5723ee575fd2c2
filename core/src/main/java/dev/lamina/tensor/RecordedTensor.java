package dev.lamina.tensor;

import dev.lamina.graph.Value;
import dev.lamina.op.Op;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A tensor of a {@link GradientTape}: what is computed of it is computed at once, and is added to
 * the tape's graph.
 */
final class RecordedTensor implements Tensor {
  private final GradientTape tape;
  private final DeviceTensor tensor;
  private final Value value;

  RecordedTensor(GradientTape tape, DeviceTensor tensor, Value value) {
    this.tape = tape;
    this.tensor = tensor;
    this.value = value;
  }

  GradientTape tape() {
    return tape;
  }

  DeviceTensor tensor() {
    return tensor;
  }

  Value value() {
    return value;
  }

  @Override
  public TensorType type() {
    return tensor.type();
  }

  @Override
  public TensorArena arena() {
    return tensor.arena();
  }

  @Override
  public Tensor apply(Op operation) {
    return tape.record(tensor.apply(operation), value.apply(operation));
  }

  @Override
  public Tensor apply(Op operation, Tensor b) {
    RecordedTensor right = tape.lift(b);
    return tape.record(tensor.apply(operation, right.tensor), value.apply(operation, right.value));
  }

  @Override
  public Tensor apply(Op operation, List<Tensor> more) {
    List<Tensor> others = new ArrayList<>();
    List<Value> values = new ArrayList<>();
    for (Tensor b : more) {
      RecordedTensor next = tape.lift(b);
      others.add(next.tensor);
      values.add(next.value);
    }
    return tape.record(tensor.apply(operation, others), value.apply(operation, values));
  }

  @Override
  public Tensor matmul(Tensor b) {
    RecordedTensor right = tape.lift(b);
    return tape.record(tensor.matmul(right.tensor), value.matmul(right.value));
  }

  @Override
  public Tensor transpose() {
    return tape.record(tensor.transpose(), value.transpose());
  }

  @Override
  public Tensor reshape(long... extents) {
    return tape.record(tensor.reshape(extents), value.reshape(extents));
  }

  @Override
  public Tensor rows(long from, long to) {
    return tape.record(tensor.rows(from, to), value.rows(from, to));
  }

  @Override
  public Tensor copy() {
    return tape.record(tensor.copy(), value.copy());
  }

  @Override
  public Tensor in(TensorArena results) {
    return new RecordedTensor(tape, (DeviceTensor) tensor.in(results), value);
  }

  @Override
  public Tensor inPlace() {
    throw unchangeable("in place of");
  }

  @Override
  public Tensor gemm(double alpha, Tensor a, Tensor b, double beta) {
    throw unchangeable("gemm into");
  }

  @Override
  public void assign(Tensor source) {
    throw unchangeable("assignment to");
  }

  @Override
  public void write(MemorySegment source) {
    throw unchangeable("writing to");
  }

  private UnsupportedOperationException unchangeable(String what) {
    return new UnsupportedOperationException(
        what + " " + this + ": gradients need its elements; change the tensor that was watched");
  }

  @Override
  public Tensor to(TensorArena target) {
    return tensor.to(target);
  }

  @Override
  public double item() {
    return tensor.item();
  }

  @Override
  public float[] toFloats() {
    return tensor.toFloats();
  }

  @Override
  public double[] toDoubles() {
    return tensor.toDoubles();
  }

  @Override
  public int[] toInts() {
    return tensor.toInts();
  }

  @Override
  public byte[] toBytes() {
    return tensor.toBytes();
  }

  @Override
  public void read(MemorySegment target) {
    tensor.read(target);
  }

  @Override
  public String toString() {
    return "recorded " + tensor;
  }
}
