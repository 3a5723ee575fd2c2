package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.Call;
import dev.lamina.backend.Operand;
import dev.lamina.backend.Precision;
import dev.lamina.op.Activation;
import dev.lamina.op.AdamStep;
import dev.lamina.op.Clock;
import dev.lamina.op.GatherRows;
import dev.lamina.op.Gemm;
import dev.lamina.op.GemmActivateGradient;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a call puts on a stream, and the bytes that it touches. */
class NodeListTest {
  private static long address(Operand operand) {
    return 4096 + operand.offset();
  }

  private static List<Node> nodes(Call call, int way) {
    Lowering lowering = Lowering.of(call, NodeListTest::address);
    return NodeList.of(
        CostModel.H200,
        Precision.BF16,
        call,
        lowering,
        NodeListTest::address,
        fused -> fused.ways().get(way));
  }

  private static double[] bytes(List<Node> nodes) {
    return nodes.stream().mapToDouble(node -> node.demand().bytes()).toArray();
  }

  @Test
  void anUpdateReadsAndWritesWhatItUpdates() {
    TensorType p = TensorType.of(DType.FP32, 1000);
    Call call =
        FakeMemory.call(
            new AdamStep(0.9, 0.999, 1e-8, 0, false, 0, true),
            p,
            p,
            Clock.HYPER,
            Clock.REFUSAL,
            p,
            p,
            p.as(DType.BF16));
    // p, m, v and the refusal both ways, g and the step's numbers read, the copy written.
    assertEquals(List.of(30_000.0 + 40 + 2 * 24), List.of(bytes(nodes(call, 0))[0]));
  }

  @Test
  void aGatherReadsTheRowsThatItTakes() {
    Call call =
        FakeMemory.call(
            GatherRows.to(DType.BF16),
            TensorType.of(DType.FP32, 60_000, 784),
            TensorType.of(DType.INT32, 128));
    assertEquals(128 * 784 * (4 + 2) + 128 * 4, bytes(nodes(call, 0))[0]);
  }

  @Test
  void whatIsDoneInPlaceIsReadAndWritten() {
    TensorType x = TensorType.of(DType.FP32, 100, 50);
    Call call = FakeMemory.call(Activation.RELU.function().on(x), x);
    Call inPlace = new Call("x", call.op(), call.inputs(), call.inputs());
    assertEquals(2 * 20_000, bytes(nodes(call, 0))[0]);
    assertEquals(2 * 20_000, bytes(nodes(inPlace, 0))[0]);
  }

  @Test
  void aLayerIsOneNodeOrTwo() {
    TensorType x = TensorType.of(DType.BF16, 128, 64);
    TensorType w = TensorType.of(DType.BF16, 32, 64);
    TensorType b = TensorType.of(DType.BF16, 32);
    Call call = FakeMemory.call(Gemm.of(false, true).withBias().with(Activation.RELU), x, w, b);
    double product = 2 * (128 * 64 + 32 * 64 + 128 * 32);
    List<Node> fused = nodes(call, 0);
    assertEquals(1, fused.size());
    assertEquals(product + 2 * 32, bytes(fused)[0]);
    assertEquals(2.0 * 128 * 64 * 32, fused.getFirst().demand().flops());
    List<Node> plain = nodes(call, 1);
    assertEquals(2, plain.size());
    assertEquals(product, bytes(plain)[0]);
    assertEquals(2 * 32 + 2 * 2 * 128 * 32, bytes(plain)[1], "bias, and the product twice");
  }

  @Test
  void thePartsOfAReductionAreWrittenAndRead() {
    TensorType dZ = TensorType.of(DType.BF16, 1024, 64);
    TensorType w = TensorType.of(DType.BF16, 64, 256);
    TensorType f = TensorType.of(DType.BF16, 1024, 256);
    Call call = FakeMemory.call(new GemmActivateGradient(Activation.RELU, true), dZ, w, f);
    List<Node> nodes = nodes(call, 0);
    assertEquals(2, nodes.size(), nodes::toString);
    double matrix = 2 * 1024 * 256;
    double scratch = Lowering.of(call, NodeListTest::address).scratchBytes();
    // dF read and dZ written in its place, F read, the bias gradient written, the parts.
    assertEquals(3 * matrix + 2 * 256 + 2 * scratch, bytes(nodes)[1]);
  }
}
