package dev.lamina.cuda;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.op.Activation;
import dev.lamina.op.AdamStep;
import dev.lamina.op.Advance;
import dev.lamina.op.BatchIndices;
import dev.lamina.op.Clock;
import dev.lamina.op.Elementwise;
import dev.lamina.op.GatherBatch;
import dev.lamina.op.GatherRows;
import dev.lamina.op.Gemm;
import dev.lamina.op.GemmActivateGradient;
import dev.lamina.op.GemmBiasGradient;
import dev.lamina.op.LossFunction;
import dev.lamina.op.LossWithGradient;
import dev.lamina.op.Op;
import dev.lamina.op.StepBegin;
import dev.lamina.op.TrackLoss;
import dev.lamina.optim.Schedule;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A whole training step of a small perceptron, its memory planned by hand. */
final class TrainingStep implements AutoCloseable {
  private static final int SAMPLES = 50;
  private static final int BATCH = 16;
  private static final int INPUTS = 20;
  private static final int HIDDEN = 24;
  private static final int CLASSES = 5;

  private final Memory slab;
  private final List<Call> calls = new ArrayList<>();
  private final List<Operand> parameters = new ArrayList<>();
  private final Executable executable;
  private final Operand tracker;
  private final Operand refusals;
  private long at;

  TrainingStep(Backend backend) {
    slab = backend.allocate("training step", 1 << 20);
    Random random = new Random(1);
    Operand data = floats(random, 1, SAMPLES, INPUTS);
    Operand labels = place(TensorType.of(DType.INT32, SAMPLES));
    slab.write(labels.offset(), MemorySegment.ofArray(random.ints(SAMPLES, 0, CLASSES).toArray()));
    Operand clock = place(Clock.CLOCK);
    slab.write(clock.offset(), MemorySegment.ofArray(new int[] {0, 7, 11, 0}));
    tracker = place(Clock.TRACKER);
    slab.write(tracker.offset(), MemorySegment.ofArray(new double[4]));
    refusals = place(Clock.refusals(4));
    slab.write(refusals.offset(), MemorySegment.ofArray(new double[12]));
    Operand w1 = floats(random, 0.3, HIDDEN, INPUTS);
    Operand b1 = floats(random, 0, HIDDEN);
    Operand w2 = floats(random, 0.3, CLASSES, HIDDEN);
    Operand b2 = floats(random, 0, CLASSES);
    parameters.addAll(List.of(w1, b1, w2, b2));

    BatchIndices batch = new BatchIndices(BATCH, SAMPLES, true);
    Operand x = add(new GatherBatch(batch, GatherRows.to(DType.FP32)), data, clock).getFirst();
    Operand y = add(new GatherBatch(batch, GatherRows.to(DType.INT32)), labels, clock).getFirst();
    Operand f1 = add(Gemm.of(false, true).withBias().with(Activation.RELU), x, w1, b1).getFirst();
    Operand dropped = add(Elementwise.dropout(f1.type(), 0.25, 1), f1, clock).getFirst();
    Operand z = add(Gemm.of(false, true).withBias(), dropped, w2, b2).getFirst();
    List<Operand> loss = add(new LossWithGradient(LossFunction.SOFTMAX_CROSS_ENTROPY), z, y);
    Operand dZ2 = loss.get(0);
    add(new TrackLoss(), loss.get(1), clock, tracker);
    Operand hyper =
        add(
                new StepBegin(Schedule.cosine(0.05, 40, 0.001).curve(), 0.9, 0.999),
                clock,
                tracker,
                refusals)
            .getFirst();
    List<Operand> last = add(new GemmBiasGradient(false), dZ2, dropped);
    List<Operand> back = add(new GemmActivateGradient(Activation.RELU, true), dZ2, w2, dropped);
    adam(w2, last.get(0), hyper, 0);
    adam(b2, last.get(1), hyper, 1);
    Operand dW1 = add(Gemm.of(true, false), back.get(0), x).getFirst();
    adam(w1, dW1, hyper, 2);
    adam(b1, back.get(1), hyper, 3);
    add(new Advance(), clock);
    executable = backend.compile("training step", calls);
  }

  private Operand place(TensorType type) {
    Operand operand = new Operand(slab, at, type);
    at += (type.bytes() + Operand.ALIGNMENT - 1) / Operand.ALIGNMENT * Operand.ALIGNMENT;
    return operand;
  }

  private Operand floats(Random random, double scale, long... extents) {
    Operand operand = place(TensorType.of(DType.FP32, extents));
    float[] values = new float[(int) operand.type().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    slab.write(operand.offset(), MemorySegment.ofArray(values));
    return operand;
  }

  private List<Operand> add(Op op, Operand... inputs) {
    List<Operand> outputs =
        op.infer(List.of(inputs).stream().map(Operand::type).toList()).stream()
            .map(this::place)
            .toList();
    calls.add(new Call("call " + calls.size(), op, List.of(inputs), outputs));
    return outputs;
  }

  private void adam(Operand p, Operand g, Operand hyper, int number) {
    long at = refusals.offset() + number * Clock.REFUSAL.bytes();
    Operand refusal = new Operand(slab, at, Clock.REFUSAL);
    Operand m = floats(new Random(0), 0, p.type().shape().extents());
    Operand v = floats(new Random(0), 0, p.type().shape().extents());
    add(new AdamStep(0.9, 0.999, 1e-8, 0.01, true, p.type().size()), p, g, hyper, refusal, m, v);
  }

  List<Call> calls() {
    return calls;
  }

  void run(int times) {
    executable.run(times);
  }

  /** All parameters, one after the other. */
  List<Float> parameters() {
    List<Float> all = new ArrayList<>();
    for (Operand p : parameters) {
      float[] values = new float[(int) p.type().size()];
      slab.read(p.offset(), MemorySegment.ofArray(values));
      for (float value : values) {
        all.add(value);
      }
    }
    return all;
  }

  /** The mean loss so far, and the last one. */
  double[] losses() {
    double[] values = new double[4];
    slab.read(tracker.offset(), MemorySegment.ofArray(values));
    return new double[] {
      values[Clock.LOSS_SUM] / values[Clock.LOSS_COUNT], values[Clock.LAST_LOSS]
    };
  }

  @Override
  public void close() {
    executable.close();
    slab.close();
  }
}
