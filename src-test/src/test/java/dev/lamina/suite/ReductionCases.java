package dev.lamina.suite;

import dev.lamina.op.ArgMax;
import dev.lamina.op.Reduce;
import dev.lamina.type.DType;
import dev.lamina.type.Shape;
import dev.lamina.type.TensorType;
import java.util.List;

/** Reductions along every axis. */
final class ReductionCases {
  private ReductionCases() {}

  static void addTo(CaseList list) {
    for (DType dtype : CaseList.FLOATING) {
      for (Reduce.Axis axis : Reduce.Axis.values()) {
        for (Reduce.Kind kind : Reduce.Kind.values()) {
          reduce(list, dtype, new Reduce(kind, axis));
          if (dtype == DType.BF16) {
            reduce(list, dtype, new Reduce(kind, axis, true));
          }
        }
        if (axis != Reduce.Axis.ALL) {
          argMax(list, dtype, new ArgMax(axis));
        }
      }
    }
  }

  private static void reduce(CaseList list, DType dtype, Reduce op) {
    boolean max = op.kind() == Reduce.Kind.MAX;
    List<Shape> shapes = op.axis() == Reduce.Axis.ALL ? Shapes.ANY : Shapes.MATRICES;
    for (Shape shape : shapes) {
      List<TensorType> types = List.of(new TensorType(dtype, shape));
      list.addSmooth(op, dtype, types, List.of(max ? Samplers.SPREAD : Samplers.NORMAL));
      list.add(op, dtype, types, List.of(max ? Samplers.TIES : Samplers.UNIT));
      list.add(op, dtype, types, List.of(max ? Samplers.SPECIAL : Samplers.SPECIAL_TERMS));
    }
    List<TensorType> types = List.of(TensorType.of(dtype, 13, 64));
    list.add(op, dtype, types, List.of(Sampler.each("-infinity", r -> Double.NEGATIVE_INFINITY)));
    list.add(op, dtype, types, List.of(Sampler.each("negative", r -> -1 - r.nextDouble())));
  }

  private static void argMax(CaseList list, DType dtype, ArgMax op) {
    for (Shape shape : Shapes.MATRICES) {
      List<TensorType> types = List.of(new TensorType(dtype, shape));
      for (Sampler sampler :
          List.of(Samplers.NORMAL, Samplers.TIES, Samplers.SPECIAL, Samplers.MASKED)) {
        list.add(op, dtype, types, List.of(sampler));
      }
    }
  }
}
