package dev.lamina.suite;

import dev.lamina.op.CountCorrect;
import dev.lamina.op.LossFunction;
import dev.lamina.op.LossGradient;
import dev.lamina.op.LossWithGradient;
import dev.lamina.op.MeanLoss;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Losses with every kind of target. */
final class LossCases {
  private LossCases() {}

  static void addTo(CaseList list) {
    for (DType dtype : CaseList.FLOATING) {
      for (Shape shape : Shapes.MATRICES) {
        TensorType z = new TensorType(dtype, shape);
        labels(list, z, Samplers.NORMAL, Samplers.labels(shape.columns()), true);
        labels(list, z, Samplers.WIDE, Samplers.labels(shape.columns()), false);
        targets(list, LossFunction.SOFTMAX_CROSS_ENTROPY, z, Samplers.NORMAL, Samplers.ONE_HOT);
        targets(
            list,
            LossFunction.SOFTMAX_CROSS_ENTROPY,
            z,
            Samplers.WIDE,
            Samplers.softmaxRows(false));
      }
      for (Shape shape : Shapes.FEW_MATRICES) {
        TensorType z = new TensorType(dtype, shape);
        labels(list, z, Samplers.NORMAL, Samplers.wrongLabels(shape.columns()), false);
        labels(list, z, Samplers.SPECIAL_TERMS, Samplers.labels(shape.columns()), false);
        labels(list, z, Samplers.TIES, Samplers.labels(shape.columns()), false);
        labels(list, z, Samplers.MASKED, Sampler.each("labels(1)", r -> 0), false);
        targets(list, LossFunction.SOFTMAX_CROSS_ENTROPY, z, Samplers.TIES, Samplers.TIES);
      }
      List<Shape> shapes = new ArrayList<>(Shapes.ANY);
      shapes.addAll(Shapes.FEW_MATRICES);
      for (Shape shape : shapes) {
        TensorType z = new TensorType(dtype, shape);
        LossFunction binary = LossFunction.BINARY_CROSS_ENTROPY;
        targets(list, binary, z, Samplers.NORMAL, Samplers.UNIT);
        targets(list, binary, z, Samplers.WIDE, Samplers.ONE_HOT);
        LossFunction squared = LossFunction.MEAN_SQUARED_ERROR;
        targets(list, squared, z, Samplers.NORMAL, Samplers.NORMAL);
        targets(list, squared, z, Samplers.WIDE, Samplers.UNIT);
      }
      TensorType z = TensorType.of(dtype, 207);
      for (LossFunction f :
          List.of(LossFunction.BINARY_CROSS_ENTROPY, LossFunction.MEAN_SQUARED_ERROR)) {
        Sampler nan = Sampler.each("nan", r -> r.nextInt(50) == 0 ? Double.NaN : r.nextDouble());
        targets(list, f, z, nan, Samplers.UNIT);
        targets(list, f, z, Samplers.UNIT, nan);
      }
    }
  }

  private static void labels(
      CaseList list, TensorType z, Sampler logits, Sampler labels, boolean smooth) {
    TensorType y = TensorType.of(DType.INT32, z.shape().rows());
    add(list, LossFunction.SOFTMAX_CROSS_ENTROPY, z, y, logits, labels, smooth);
  }

  private static void targets(
      CaseList list, LossFunction function, TensorType z, Sampler logits, Sampler targets) {
    boolean smooth = logits == Samplers.NORMAL;
    add(list, function, z, z.as(z.dtype().full()), logits, targets, smooth);
  }

  private static void add(
      CaseList list,
      LossFunction function,
      TensorType z,
      TensorType y,
      Sampler logits,
      Sampler targets,
      boolean smooth) {
    DType dtype = z.dtype();
    List<TensorType> types = List.of(z, y);
    List<Sampler> samplers = List.of(logits, targets);
    MeanLoss loss = new MeanLoss(function);
    LossGradient gradient = new LossGradient(function);
    List<TensorType> gradientTypes = List.of(new TensorType(dtype.full(), Shape.scalar()), z, y);
    List<Sampler> gradientSamplers = List.of(Samplers.AWAY, logits, targets);
    if (smooth) {
      list.addSmooth(loss, dtype, types, samplers);
      list.addSmooth(gradient, dtype, gradientTypes, gradientSamplers);
    } else {
      list.add(loss, dtype, types, samplers);
      list.add(gradient, dtype, gradientTypes, gradientSamplers);
    }
    list.add(new LossWithGradient(function), dtype, types, samplers);
    if (!dtype.isFull()) {
      return;
    }
    CountCorrect.Rule rule = function.byRow() ? CountCorrect.Rule.LARGEST : CountCorrect.Rule.SIGN;
    list.add(
        new CountCorrect(rule),
        dtype,
        List.of(z, y, CountCorrect.COUNTER),
        List.of(logits, targets, Sampler.fixed("counter", 41)));
  }
}
