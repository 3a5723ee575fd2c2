package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Call;
import dev.lamina.backend.Operand;
import dev.lamina.backend.Precision;
import dev.lamina.op.AdamStep;
import dev.lamina.op.Clock;
import dev.lamina.op.Gemm;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Updates that run beside products are cut into few blocks if they are long. */
class LanePlannerTest {
  private static final int MULTIPROCESSORS = 132;

  private final FakeMemory memory = FakeMemory.large("x");
  private final List<Call> calls = new ArrayList<>();
  private long at;

  private Operand place(TensorType type) {
    Operand operand = new Operand(memory, at, type);
    at += Operand.aligned(type.bytes());
    return operand;
  }

  /** A gradient by a product, and the update by it. */
  private void layer(int width) {
    TensorType type = TensorType.of(DType.FP32, width, width);
    Operand dW = place(type);
    calls.add(new Call("dW", Gemm.of(true, false), List.of(place(type), place(type)), List.of(dW)));
    TensorType flat = TensorType.of(DType.FP32, (long) width * width);
    List<Operand> operands =
        List.of(
            place(flat),
            new Operand(memory, dW.offset(), flat),
            place(Clock.HYPER),
            place(Clock.REFUSAL),
            place(flat),
            place(flat));
    calls.add(new Call("adam", new AdamStep(0.9, 0.999, 1e-8, 0, false, 0), operands, List.of()));
  }

  private List<Long> updateBlocks(LaneOptions lanes) {
    List<Lowering> lowerings =
        calls.stream().map(call -> Lowering.of(call, Operand::offset)).toList();
    LanePlanner planner =
        new LanePlanner(
            CostModel.H200,
            Precision.FP32,
            lanes,
            MULTIPROCESSORS,
            calls,
            lowerings,
            Operand::offset);
    return planner.lowerings().stream()
        .filter(lowering -> !lowering.hasProduct())
        .map(lowering -> ((Step.Launch) lowering.steps().getFirst()).gridX())
        .toList();
  }

  @Test
  void longUpdatesBesideProductsLeaveRoom() {
    layer(4096);
    layer(4096);
    layer(512);
    LaneOptions four = LaneOptions.DEFAULT;
    long whole = Geometry.elementwise(4096L * 4096, 4);
    long small = Geometry.elementwise(512L * 512, 4);
    // The last two are short, or on the chain that the span hangs on: in each of several runs the
    // products of both large layers are done side by side, and so are their updates.
    List<Long> blocks = updateBlocks(four);
    assertEquals(small, blocks.getLast());
    assertTrue(blocks.contains(MULTIPROCESSORS / 2L), blocks::toString);
    assertEquals(List.of(whole, whole, small), updateBlocks(four.withCount(1)));
    assertTrue(updateBlocks(new LaneOptions(4, true, 20)).contains(20L));
    assertEquals(List.of(whole, whole, small), updateBlocks(new LaneOptions(4, true, 9999)));
  }

  @Test
  void anUpdateWithoutAProductBesideItHasTheWholeDevice() {
    layer(4096);
    assertEquals(List.of(Geometry.elementwise(4096L * 4096, 4)), updateBlocks(LaneOptions.DEFAULT));
  }
}
