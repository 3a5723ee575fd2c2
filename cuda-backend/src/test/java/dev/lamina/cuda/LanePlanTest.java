package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Call;
import dev.lamina.backend.Operand;
import dev.lamina.op.Activate;
import dev.lamina.op.Activation;
import dev.lamina.op.Advance;
import dev.lamina.op.Clock;
import dev.lamina.op.Gemm;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Dependencies from operands, and lanes that keep them. */
class LanePlanTest {
  private static final TensorType TYPE = TensorType.of(DType.FP32, 8, 8);

  private final FakeMemory memory = FakeMemory.large("slab");

  private Operand at(long place) {
    return new Operand(memory, place * 256, TYPE);
  }

  private Call product(int a, int b, int d) {
    return new Call("x", Gemm.of(false, false), List.of(at(a), at(b)), List.of(at(d)));
  }

  private Call activate(int x, int y) {
    return new Call("x", new Activate(Activation.RELU), List.of(at(x)), List.of(at(y)));
  }

  @Test
  void weightGradientRunsBesideTheInputGradient() {
    // dZ2 = relu(dF2); dW2 = dZ2 F1; dF1 = dZ2 W2; dZ1 = relu(dF1); dW1 = dZ1 X
    List<Call> calls =
        List.of(
            activate(0, 1), product(1, 2, 3), product(1, 4, 5), activate(5, 6), product(6, 7, 8));
    List<List<Integer>> follows = Dependencies.of(calls);
    assertEquals(List.of(List.of(), List.of(0), List.of(0), List.of(2), List.of(3)), follows);
    LanePlan plan = LanePlan.of(follows, 4);
    assertEquals(2, plan.lanes());
    assertEquals(List.of(0, 0, 1, 1, 1), plan.places().stream().map(LanePlan.Place::lane).toList());
    assertEquals(List.of(0), plan.places().get(2).waits());
    assertTrue(plan.places().get(0).awaited());
  }

  @Test
  void memoryThatIsUsedAgainIsWaitedFor() {
    // The second writes what the first reads, the third what the second writes.
    List<Call> calls = List.of(activate(0, 1), activate(2, 0), activate(3, 0), activate(0, 4));
    assertEquals(List.of(List.of(), List.of(0), List.of(1), List.of(2)), Dependencies.of(calls));
  }

  @Test
  void updatedInputsCountAsWritten() {
    Operand clock = new Operand(memory, 0, Clock.CLOCK);
    Call advance = new Call("advance", new Advance(), List.of(clock), List.of());
    assertEquals(List.of(List.of(), List.of(0)), Dependencies.of(List.of(advance, advance)));
  }

  @Test
  void everyConflictIsOrdered() {
    Random random = new Random(5);
    for (int round = 0; round < 50; round++) {
      List<Call> calls = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        int out = random.nextInt(20);
        calls.add(product(20 + random.nextInt(20), random.nextInt(40), out + 20 * (i % 2)));
      }
      List<List<Integer>> follows = Dependencies.of(calls);
      LanePlan plan = LanePlan.of(follows, 1 + round % 5);
      List<BitSet> before = ordered(plan);
      for (int i = 0; i < calls.size(); i++) {
        for (int j = 0; j < i; j++) {
          if (conflict(calls.get(i), calls.get(j))) {
            assertTrue(before.get(i).get(j), i + " after " + j + " in " + plan);
          }
        }
      }
    }
  }

  // What lanes and waits alone make sure of.
  private static List<BitSet> ordered(LanePlan plan) {
    List<BitSet> before = new ArrayList<>();
    int[] last = new int[plan.lanes()];
    Arrays.fill(last, -1);
    for (int i = 0; i < plan.places().size(); i++) {
      LanePlan.Place place = plan.places().get(i);
      BitSet set = new BitSet();
      List<Integer> direct = new ArrayList<>(place.waits());
      if (last[place.lane()] >= 0) {
        direct.add(last[place.lane()]);
      }
      for (int j : direct) {
        set.set(j);
        set.or(before.get(j));
      }
      last[place.lane()] = i;
      before.add(set);
    }
    return before;
  }

  private static boolean conflict(Call a, Call b) {
    return any(a.outputs(), b.outputs())
        || any(a.outputs(), b.inputs())
        || any(a.inputs(), b.outputs());
  }

  private static boolean any(List<Operand> some, List<Operand> others) {
    return some.stream().anyMatch(a -> others.stream().anyMatch(a::overlaps));
  }
}
