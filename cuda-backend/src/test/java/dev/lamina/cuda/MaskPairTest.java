package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.Call;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.op.Activation;
import dev.lamina.op.Elementwise;
import dev.lamina.op.Gemm;
import dev.lamina.op.GemmActivateGradient;
import dev.lamina.op.Op;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which products may leave a mask for which others. */
class MaskPairTest {
  private static final Gemm LAYER = Gemm.of(false, false).withBias().with(Activation.RELU);
  private static final Op GRADIENT = new GemmActivateGradient(Activation.RELU, true);

  private final Memory memory = FakeMemory.large("x");
  private final Operand x = matrix(0);
  private final Operand w = matrix(1);
  private final Operand b = new Operand(memory, 512, TensorType.of(DType.FP32, 4));
  private final Operand f = matrix(3);
  private final Operand other = matrix(4);
  private final Operand db = new Operand(memory, 2048, TensorType.of(DType.FP32, 4));

  private Operand matrix(int number) {
    return new Operand(memory, 256L * number, TensorType.of(DType.FP32, 4, 4));
  }

  private Call layer(Gemm op, Operand result) {
    return new Call("layer", op, List.of(x, w, b), List.of(result));
  }

  private Call gradient(Op op, Operand output) {
    return new Call("gradient", op, List.of(x, w, output), List.of(other, db));
  }

  private static List<MaskPair> pairs(Call... calls) {
    return MaskPair.of(List.of(calls));
  }

  @Test
  void theOutputOfAReluIsTakenByItsGradient() {
    List<MaskPair> pair = List.of(new MaskPair(0, 1));
    assertEquals(pair, pairs(layer(LAYER, f), gradient(GRADIENT, f)));
    // A second gradient of the same output takes the output itself.
    assertEquals(pair, pairs(layer(LAYER, f), gradient(GRADIENT, f), gradient(GRADIENT, f)));
    // The last who wrote it counts.
    assertEquals(
        List.of(new MaskPair(1, 2)),
        pairs(layer(LAYER, f), layer(LAYER, f), gradient(GRADIENT, f)));
  }

  @Test
  void whatIsNotAPairIsLeftAlone() {
    Call layer = layer(LAYER, f);
    Call gradient = gradient(GRADIENT, f);
    List<List<Call>> lists = new ArrayList<>();
    lists.add(List.of(gradient, layer));
    lists.add(List.of(layer, gradient(GRADIENT, other)));
    lists.add(List.of(layer, gradient(new GemmActivateGradient(Activation.GELU, true), f)));
    lists.add(List.of(layer(LAYER.with(Activation.GELU), f), gradient));
    lists.add(List.of(new Call("x", LAYER.withBias(false), List.of(x, w), List.of(f)), gradient));
    // Written in between, even if only a part of it.
    for (Operand written :
        List.of(f, new Operand(memory, f.offset() + 32, TensorType.of(DType.FP32, 4, 4)))) {
      Call write =
          new Call("y", Elementwise.ADD.on(x.type(), w.type()), List.of(x, w), List.of(written));
      lists.add(List.of(layer, write, gradient));
    }
    for (List<Call> calls : lists) {
      assertEquals(List.of(), MaskPair.of(calls), calls.toString());
    }
  }
}
