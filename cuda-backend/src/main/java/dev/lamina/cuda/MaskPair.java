package dev.lamina.cuda;

import dev.lamina.backend.Call;
import dev.lamina.backend.Operand;
import dev.lamina.op.Activation;
import dev.lamina.op.Gemm;
import dev.lamina.op.GemmActivateGradient;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A layer with ReLU and the gradient of just that ReLU: the layer can leave a mask of what it kept,
 * by which the gradient then goes in the place of the output.
 *
 * @param layer the position of its call
 * @param gradient the position of its call
 */
record MaskPair(int layer, int gradient) {

  /** All pairs in calls that run one after the other. */
  static List<MaskPair> of(List<Call> calls) {
    List<MaskPair> pairs = new ArrayList<>();
    Set<Integer> taken = new HashSet<>();
    for (int i = 0; i < calls.size(); i++) {
      if (calls.get(i).op() instanceof GemmActivateGradient fused
          && fused.activation() == Activation.RELU) {
        Operand f = calls.get(i).inputs().get(2);
        int writer = lastWriter(calls, i, f);
        if (writer >= 0 && leaves(calls.get(writer), f) && taken.add(writer)) {
          pairs.add(new MaskPair(writer, i));
        }
      }
    }
    return pairs;
  }

  /** The last call before that position that wrote any of an operand, or -1. */
  private static int lastWriter(List<Call> calls, int before, Operand operand) {
    for (int i = before - 1; i >= 0; i--) {
      Call call = calls.get(i);
      boolean writes =
          Stream.concat(
                  call.outputs().stream(), call.op().updates().stream().map(call.inputs()::get))
              .anyMatch(operand::overlaps);
      if (writes) {
        return i;
      }
    }
    return -1;
  }

  private static boolean leaves(Call call, Operand f) {
    return call.op() instanceof Gemm gemm
        && gemm.bias()
        && gemm.activation() == Activation.RELU
        && !gemm.preactivation()
        && call.outputs().getFirst().equals(f);
  }
}
