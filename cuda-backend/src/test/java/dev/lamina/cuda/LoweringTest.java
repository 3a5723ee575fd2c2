package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Call;
import dev.lamina.cuda.lt.Epilogue;
import dev.lamina.op.ActivateGradientBias;
import dev.lamina.op.Activation;
import dev.lamina.op.AdamStep;
import dev.lamina.op.Advance;
import dev.lamina.op.ArgMax;
import dev.lamina.op.BatchIndices;
import dev.lamina.op.BlockCopy;
import dev.lamina.op.Clock;
import dev.lamina.op.Concat;
import dev.lamina.op.Copy;
import dev.lamina.op.CountCorrect;
import dev.lamina.op.Elementwise;
import dev.lamina.op.Fill;
import dev.lamina.op.GatherBatch;
import dev.lamina.op.GatherRows;
import dev.lamina.op.Gemm;
import dev.lamina.op.GemmActivateGradient;
import dev.lamina.op.GemmBiasGradient;
import dev.lamina.op.LossFunction;
import dev.lamina.op.LossGradient;
import dev.lamina.op.LossWithGradient;
import dev.lamina.op.MeanLoss;
import dev.lamina.op.Op;
import dev.lamina.op.Pointwise;
import dev.lamina.op.Reduce;
import dev.lamina.op.Reshape;
import dev.lamina.op.SgdStep;
import dev.lamina.op.Slice;
import dev.lamina.op.Softmax;
import dev.lamina.op.SoftmaxGradient;
import dev.lamina.op.StepBegin;
import dev.lamina.op.StopGradient;
import dev.lamina.op.TrackLoss;
import dev.lamina.op.Transpose;
import dev.lamina.optim.Schedule;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every operation becomes launches of kernels that exist and take just these arguments. */
class LoweringTest {
  private static final long[][] SHAPES = {{1, 1}, {13, 207}, {128, 10}, {3, 5000}, {70000, 40}};

  private final Map<String, Ptx> modules = new HashMap<>();

  @Test
  void launchesFitTheirKernels() {
    Set<Class<?>> seen = new HashSet<>();
    for (Call call : calls()) {
      seen.add(call.op().getClass());
      Lowering lowering = Lowering.of(call, o -> 4096 + o.offset(), false);
      for (Step step : lowering.steps()) {
        for (Step.Launch launch : launches(step)) {
          modules.computeIfAbsent(launch.module(), Ptx::read).check(launch);
          checkScratch(launch, lowering.scratchBytes());
        }
      }
    }
    Set<Class<?>> all = new HashSet<>(Set.of(Op.class.getPermittedSubclasses()));
    all.remove(BlockCopy.class);
    all.addAll(Set.of(BlockCopy.class.getPermittedSubclasses()));
    assertEquals(all, seen, "operations without a case");
  }

  @Test
  void formulasHaveShippedKernelsOrAreCompiledOrInterpreted() {
    TensorType x = TensorType.of(DType.BF16, 3, 5);
    TensorType row = TensorType.of(DType.BF16, 5);
    Call shipped = call(Elementwise.MULTIPLY.on(x, row), x, row);
    assertEquals("map_broadcasts_bf16", formula(shipped, false).module());
    Call own = call(foreign(x), x);
    assertEquals("interpreter_f32", formula(own, false).module());
    assertTrue(formula(own, true).printed().function().contains(formula(own, true).kernel()));
  }

  private static Step.Launch formula(Call call, boolean compiles) {
    Lowering lowering = Lowering.of(call, o -> 4096 + o.offset(), compiles);
    return (Step.Launch) lowering.steps().getFirst();
  }

  /** An operation of which no kernel is shipped. */
  private static Op foreign(TensorType x) {
    return Pointwise.of(v -> v.erf().exp().erf()).on(x);
  }

  private static List<Step.Launch> launches(Step step) {
    return switch (step) {
      case Step.Launch launch -> List.of(launch);
      case Step.Product _ -> List.of();
      case Step.FusedProduct fused ->
          Stream.concat(fused.ways().stream(), Stream.ofNullable(fused.masked()))
              .flatMap(way -> way.then().stream())
              .toList();
    };
  }

  private static void checkScratch(Step.Launch launch, long bytes) {
    for (Argument argument : launch.arguments()) {
      if (argument.kind() == Argument.Kind.SCRATCH) {
        assertTrue(argument.bits() < bytes, () -> launch + " with scratch of " + bytes);
      }
    }
  }

  private static List<Call> calls() {
    List<Call> calls = new ArrayList<>();
    for (DType dtype : new DType[] {DType.FP32, DType.FP64}) {
      for (long[] shape : SHAPES) {
        addMatrixCalls(calls, dtype, shape[0], shape[1]);
      }
      addGemms(calls, dtype);
      TensorType p = TensorType.of(dtype, 1001);
      calls.add(
          call(
              new AdamStep(0.9, 0.999, 1e-8, 0.01, true, 500),
              p,
              p,
              Clock.HYPER,
              Clock.REFUSAL,
              p,
              p));
      calls.add(call(new SgdStep(0, false, 0, 0), p, p, Clock.HYPER, Clock.REFUSAL));
      calls.add(call(new SgdStep(0.9, true, 0.1, 7), p, p, Clock.HYPER, Clock.REFUSAL, p));
      calls.add(call(new TrackLoss(), TensorType.of(dtype), Clock.CLOCK, Clock.TRACKER));
    }
    for (long[] shape : SHAPES) {
      addLosses(calls, DType.BF16, shape[0], shape[1]);
    }
    for (DType from : DType.values()) {
      for (DType to : DType.values()) {
        calls.add(call(Elementwise.cast(TensorType.of(from, 3, 5), to), TensorType.of(from, 3, 5)));
        if (to.isFloating() || to == from) {
          calls.add(
              call(GatherRows.to(to), TensorType.of(from, 30, 784), TensorType.of(DType.INT32, 7)));
        }
      }
      calls.add(call(new Fill(3, TensorType.of(from, 5))));
      calls.add(call(new Copy(), TensorType.of(from, 5)));
      calls.add(call(new StopGradient(), TensorType.of(from, 5)));
      calls.add(call(new Reshape(Shape.of(5, 1)), TensorType.of(from, 5)));
      for (Reduce.Axis axis : List.of(Reduce.Axis.ROWS, Reduce.Axis.COLUMNS)) {
        TensorType matrix = TensorType.of(from, 5, 5);
        calls.add(call(new Slice(axis, 2, 4), matrix));
        calls.add(call(new Concat(axis, 2), matrix, matrix));
      }
      calls.add(call(new Transpose(), TensorType.of(from, 5, 70)));
    }
    calls.add(
        call(
            new StepBegin(Schedule.cosine(0.1, 9, 0).curve(), 0.9, 0.99),
            Clock.CLOCK,
            Clock.TRACKER,
            Clock.refusals(3)));
    calls.add(call(new Advance(), Clock.CLOCK));
    TensorType wide = TensorType.of(DType.FP64, 70, 3);
    calls.add(call(foreign(wide), wide));
    calls.add(call(Elementwise.EXP.on(wide), wide));
    BatchIndices batch = new BatchIndices(64, 1000, true);
    calls.add(call(batch, Clock.CLOCK));
    for (DType to : List.of(DType.BF16, DType.INT32)) {
      TensorType data = TensorType.of(DType.INT32, 1000, 5);
      calls.add(call(new GatherBatch(batch, GatherRows.to(to)), data, Clock.CLOCK));
    }
    return calls;
  }

  private static void addMatrixCalls(List<Call> calls, DType dtype, long m, long n) {
    TensorType x = TensorType.of(dtype, m, n);
    TensorType row = TensorType.of(dtype, n);
    TensorType single = TensorType.of(dtype);
    for (Activation activation : Activation.values()) {
      calls.add(call(activation.function().on(x), x));
      if (activation != Activation.IDENTITY) {
        calls.add(call(activation.gradient(x), x, x));
      }
      calls.add(call(new ActivateGradientBias(activation), x, x));
    }
    TensorType column = TensorType.of(dtype, m, 1);
    for (Pointwise function : List.of(Elementwise.ADD, Elementwise.DIVIDE, Elementwise.EQUAL)) {
      calls.add(call(function.on(x, row), x, row));
      calls.add(call(function.on(column, x), column, x));
      calls.add(call(function.on(x, single), x, single));
    }
    calls.add(call(Elementwise.EXP.on(x), x));
    calls.add(call(Elementwise.affine(2, 1).on(x), x));
    calls.add(call(Elementwise.broadcast(row, x.shape()), row));
    for (Reduce.Kind kind : Reduce.Kind.values()) {
      for (Reduce.Axis axis : Reduce.Axis.values()) {
        calls.add(call(new Reduce(kind, axis), x));
      }
    }
    calls.add(call(new ArgMax(Reduce.Axis.ROWS), x));
    calls.add(call(new ArgMax(Reduce.Axis.COLUMNS), x));
    for (boolean log : new boolean[] {false, true}) {
      calls.add(call(new Softmax(log), x));
      calls.add(call(new SoftmaxGradient(log), x, x));
    }
    calls.add(call(Elementwise.dropout(x, 0.5, 3), x, Clock.CLOCK));
    addLosses(calls, dtype, m, n);
  }

  private static void addLosses(List<Call> calls, DType dtype, long m, long n) {
    TensorType x = TensorType.of(dtype, m, n);
    TensorType labels = TensorType.of(DType.INT32, m);
    TensorType full = x.as(dtype.full());
    if (dtype.isFull()) {
      CountCorrect largest = new CountCorrect(CountCorrect.Rule.LARGEST);
      calls.add(call(largest, x, x, CountCorrect.COUNTER));
      calls.add(call(largest, x, labels, CountCorrect.COUNTER));
      calls.add(call(new CountCorrect(CountCorrect.Rule.SIGN), x, x, CountCorrect.COUNTER));
    }
    for (LossFunction function : LossFunction.values()) {
      boolean classes = function == LossFunction.SOFTMAX_CROSS_ENTROPY;
      for (TensorType y : classes ? List.of(full, labels) : List.of(full)) {
        calls.add(call(new MeanLoss(function), x, y));
        calls.add(call(new LossGradient(function), TensorType.of(full.dtype()), x, y));
        calls.add(call(new LossWithGradient(function), x, y));
      }
    }
  }

  private static void addGemms(List<Call> calls, DType dtype) {
    TensorType a = TensorType.of(dtype, 7, 5);
    TensorType above = TensorType.of(dtype, 7, 11);
    calls.add(call(new GemmBiasGradient(false), above, a));
    TensorType b = TensorType.of(dtype, 5, 11);
    TensorType d = TensorType.of(dtype, 7, 11);
    TensorType bias = TensorType.of(dtype, 11);
    for (Activation activation : Activation.values()) {
      calls.add(call(Gemm.of(false, false).withBias().with(activation), a, b, bias));
      calls.add(
          call(Gemm.of(false, false).scaled(1, 2).withBias().with(activation), a, b, bias, d));
      calls.add(call(Gemm.of(false, false).with(activation), a, b));
      for (boolean withBias : new boolean[] {false, true}) {
        calls.add(call(new GemmActivateGradient(activation, withBias), a, b, d));
      }
      calls.add(call(Gemm.of(false, false).with(activation).withPreactivation(), a, b));
      Gemm both = Gemm.of(false, false).withBias().with(activation).withPreactivation();
      calls.add(call(both, a, b, bias));
      calls.add(call(both.scaled(1, 2), a, b, bias, d));
    }
  }

  private static Call call(Op op, TensorType... inputs) {
    return FakeMemory.call(op, inputs);
  }

  @Test
  void identityInPlaceDoesNothing() {
    Call call =
        call(
            Activation.IDENTITY.function().on(TensorType.of(DType.FP32, 5)),
            TensorType.of(DType.FP32, 5));
    Call inPlace = new Call("x", call.op(), call.inputs(), call.inputs());
    assertEquals(List.of(), Lowering.of(inPlace, o -> o.offset()).steps());
    assertEquals(1, Lowering.of(call, o -> o.offset()).steps().size());
  }

  @Test
  void gemmAddsIntoACopyOfC() {
    TensorType a = TensorType.of(DType.FP32, 7, 5);
    Call call =
        call(
            Gemm.of(false, true).scaled(2, 3),
            a,
            TensorType.of(DType.FP32, 11, 5),
            TensorType.of(DType.FP32, 7, 11));
    List<Step> steps = Lowering.of(call, o -> 4096 + o.offset()).steps();
    assertEquals("copy", ((Step.Launch) steps.get(0)).kernel());
    Step.Product product = (Step.Product) steps.get(1);
    assertEquals(List.of(7, 11, 5), List.of(product.m(), product.n(), product.k()));
    assertEquals(3, product.beta());
  }

  @Test
  void aLayerIsOneStepWhereItsEpilogueIsExact() {
    TensorType a = TensorType.of(DType.FP32, 7, 5);
    TensorType b = TensorType.of(DType.FP32, 5, 11);
    TensorType bias = TensorType.of(DType.FP32, 11);
    for (Activation activation : Activation.values()) {
      Call call = call(Gemm.of(false, false).withBias().with(activation), a, b, bias);
      Step.FusedProduct step = fused(call, 4096);
      boolean exact = activation != Activation.SIGMOID && activation != Activation.TANH;
      assertEquals(exact ? 2 : 1, step.ways().size(), activation.label());
      assertEquals(exact ? 0 : 1, step.ways().getFirst().then().size());
      assertEquals(1, step.ways().getLast().then().size());
      assertEquals(activation == Activation.RELU, step.masked() != null);
      // A bias that does not start at a multiple of 16 is not for the epilogue.
      assertEquals(2, Lowering.of(call, o -> 4100 + o.offset()).steps().size());
    }
  }

  private static Step.FusedProduct fused(Call call, long start) {
    List<Step> steps = Lowering.of(call, o -> start + o.offset()).steps();
    assertEquals(1, steps.size());
    return (Step.FusedProduct) steps.getFirst();
  }

  private static List<Epilogue> epilogues(Call call) {
    return fused(call, 4096).ways().stream().map(ProductWay::epilogue).toList();
  }

  @Test
  void aBiasGradientComesWithTheWeightGradient() {
    for (DType dtype : List.of(DType.FP32, DType.BF16)) {
      Op op = new GemmBiasGradient(dtype == DType.BF16);
      Call call = call(op, TensorType.of(dtype, 128, 11), TensorType.of(dtype, 128, 5));
      assertEquals(List.of(Epilogue.BGRADB, Epilogue.DEFAULT), epilogues(call));
      List<ProductWay> ways = fused(call, 4096).ways();
      assertEquals(11, ways.getFirst().biasSize());
      assertTrue(ways.getFirst().isDoubtful());
      assertEquals(List.of(), ways.getFirst().then());
      assertEquals(1, ways.getLast().then().size());
    }
  }

  @Test
  void geluTakesAndLeavesThePreactivationWhereItsWidthAllows() {
    for (int n : new int[] {8, 12, 16}) {
      boolean fits = n % 8 == 0;
      TensorType a = TensorType.of(DType.BF16, 7, 5);
      TensorType b = TensorType.of(DType.BF16, 5, n);
      TensorType z = TensorType.of(DType.BF16, 7, n);
      Gemm layer = Gemm.of(false, false).withBias().with(Activation.GELU).withPreactivation();
      List<Epilogue> forward = new ArrayList<>(List.of(Epilogue.BIAS, Epilogue.DEFAULT));
      if (fits) {
        forward.addFirst(Epilogue.GELU_AUX_BIAS);
      }
      assertEquals(forward, epilogues(call(layer, a, b, TensorType.of(DType.BF16, n))));
      for (boolean bias : new boolean[] {false, true}) {
        Call gradient = call(new GemmActivateGradient(Activation.GELU, bias), a, b, z);
        if (fits) {
          Epilogue fused = bias ? Epilogue.DGELU_BGRAD : Epilogue.DGELU;
          assertEquals(List.of(fused, Epilogue.DEFAULT), epilogues(gradient));
          assertEquals(0, fused(gradient, 4096).ways().getFirst().then().size());
          assertEquals(n, fused(gradient, 4096).ways().getFirst().auxiliaryStride());
        } else {
          assertEquals(2, Lowering.of(gradient, o -> 4096 + o.offset()).steps().size());
        }
      }
    }
  }

  @Test
  void aMaskHasABitForEachElementAndItsRowsAreWholeBlocks() {
    for (int n : new int[] {1, 128, 129}) {
      TensorType a = TensorType.of(DType.FP32, 7, 5);
      TensorType b = TensorType.of(DType.FP32, 5, n);
      TensorType f = TensorType.of(DType.FP32, 7, n);
      ProductWay masked =
          fused(call(new GemmActivateGradient(Activation.RELU, true), a, b, f), 4096).masked();
      assertEquals(Epilogue.DRELU_BGRAD, masked.epilogue());
      assertEquals(n > 128 ? 256 : 128, masked.auxiliaryStride());
      assertEquals(7 * (n > 128 ? 32 : 16), masked.maskBytes());
    }
  }
}
