package dev.lamina.suite;

import dev.lamina.op.ActivateGradientBias;
import dev.lamina.op.Activation;
import dev.lamina.op.Map;
import dev.lamina.op.Softmax;
import dev.lamina.op.SoftmaxGradient;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.List;

/** Activation functions, softmax, and their gradients. */
final class ActivationCases {
  private ActivationCases() {}

  static void addTo(CaseList list) {
    for (DType dtype : CaseList.FLOATING) {
      for (Activation activation : Activation.values()) {
        forward(list, dtype, activation);
        backward(list, dtype, activation);
      }
      softmax(list, dtype, false);
      softmax(list, dtype, true);
    }
  }

  private static void forward(CaseList list, DType dtype, Activation activation) {
    for (Shape shape : Shapes.ANY) {
      TensorType type = new TensorType(dtype, shape);
      Map op = activation.function().on(type);
      list.addSmooth(op, dtype, List.of(type), List.of(Samplers.AWAY));
      list.add(op, dtype, List.of(type), List.of(Samplers.WIDE));
      list.add(op, dtype, List.of(type), List.of(Samplers.SPECIAL));
    }
  }

  private static void backward(CaseList list, DType dtype, Activation activation) {
    Sampler output = Samplers.forGradientOf(activation);
    for (Shape shape : activation == Activation.IDENTITY ? List.<Shape>of() : Shapes.ANY) {
      TensorType type = new TensorType(dtype, shape);
      Map op = activation.gradient(type);
      List<TensorType> types = List.of(type, type);
      list.addSmooth(op, dtype, types, List.of(Samplers.NORMAL, output));
      list.add(op, dtype, types, List.of(Samplers.SPECIAL, output));
      if (activation.ofInput()) {
        list.add(op, dtype, types, List.of(Samplers.NORMAL, Samplers.WIDE));
        list.add(op, dtype, types, List.of(Samplers.NORMAL, Samplers.SPECIAL));
      }
    }
    biasGradients(list, dtype, activation, new ActivateGradientBias(activation));
  }

  private static void biasGradients(
      CaseList list, DType dtype, Activation activation, ActivateGradientBias fused) {
    Sampler output = Samplers.forGradientOf(activation);
    for (Shape shape : Shapes.MATRICES) {
      TensorType type = new TensorType(dtype, shape);
      list.add(fused, dtype, List.of(type, type), List.of(Samplers.NORMAL, output));
    }
    TensorType type = TensorType.of(dtype, 13, 64);
    list.add(fused, dtype, List.of(type, type), List.of(Samplers.SPECIAL_TERMS, output));
  }

  private static void softmax(CaseList list, DType dtype, boolean log) {
    Softmax op = new Softmax(log);
    SoftmaxGradient gradient = new SoftmaxGradient(log);
    for (Shape shape : Shapes.MATRICES) {
      TensorType type = new TensorType(dtype, shape);
      list.addSmooth(op, dtype, List.of(type), List.of(Samplers.NORMAL));
      list.add(op, dtype, List.of(type), List.of(Samplers.WIDE));
      list.addSmooth(
          gradient,
          dtype,
          List.of(type, type),
          List.of(Samplers.NORMAL, Samplers.softmaxRows(log)));
    }
    for (Shape shape : Shapes.FEW_MATRICES) {
      TensorType type = new TensorType(dtype, shape);
      list.add(op, dtype, List.of(type), List.of(Samplers.SPECIAL));
      list.add(op, dtype, List.of(type), List.of(Samplers.MASKED));
      list.add(
          gradient,
          dtype,
          List.of(type, type),
          List.of(Samplers.SPECIAL_TERMS, Samplers.softmaxRows(log)));
    }
  }
}
