package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Call;
import dev.lamina.backend.Operand;
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
    return new Call(
        "x", Activation.RELU.function().on(at(x).type()), List.of(at(x)), List.of(at(y)));
  }

  private static final double EDGE = 1;

  private static LanePlan.Task task(double seconds, Integer... follows) {
    return new LanePlan.Task(List.of(follows), seconds, false);
  }

  private static LanePlan.Task update(double seconds, Integer... follows) {
    return new LanePlan.Task(List.of(follows), seconds, true);
  }

  private static LanePlan plan(int lanes, LanePlan.Task... tasks) {
    return LanePlan.of(List.of(tasks), LaneOptions.DEFAULT.withCount(lanes), EDGE);
  }

  private static List<Integer> lanes(LanePlan plan) {
    return plan.places().stream().map(LanePlan.Place::lane).toList();
  }

  private static List<List<Integer>> waits(LanePlan plan) {
    return plan.places().stream().map(LanePlan.Place::waits).toList();
  }

  @Test
  void weightGradientRunsBesideTheInputGradient() {
    // dZ2 = relu(dF2); dW2 = dZ2 F1; dF1 = dZ2 W2; dZ1 = relu(dF1); dW1 = dZ1 X
    List<Call> calls =
        List.of(
            activate(0, 1), product(1, 2, 3), product(1, 4, 5), activate(5, 6), product(6, 7, 8));
    List<List<Integer>> follows = Dependencies.of(calls);
    assertEquals(List.of(List.of(), List.of(0), List.of(0), List.of(2), List.of(3)), follows);
    LanePlan plan =
        LanePlan.of(
            follows.stream().map(f -> new LanePlan.Task(f, 4, false)).toList(),
            LaneOptions.DEFAULT,
            EDGE);
    // The weight gradient comes first, and yet makes way for what the span hangs on.
    assertEquals(List.of(0, 1, 0, 0, 0), lanes(plan));
    assertEquals(List.of(List.of(), List.of(0), List.of(), List.of(), List.of()), waits(plan));
    assertTrue(plan.places().get(0).awaited());
  }

  @Test
  void theLongestChainByTimeHasTheFirstLane() {
    // Two branches from the first to the last: of three short calls, and of one long one.
    LanePlan plan = plan(4, task(1), task(1, 0), task(1, 1), task(1, 2), task(9, 0), task(1, 3, 4));
    assertEquals(List.of(0, 1, 1, 1, 0, 0), lanes(plan));
    assertEquals(13, plan.places().getLast().end());
  }

  @Test
  void edgesCountToo() {
    LanePlan plan = plan(4, task(1), task(1, 0), task(1, 1), task(1, 2), task(4, 0), task(1, 3, 4));
    // 1 + 1 + 1 and two edges between them are more than 4.
    assertEquals(List.of(0, 0, 0, 0, 1, 0), lanes(plan));
  }

  @Test
  void othersTakeTheLaneOnWhichTheyEndFirst() {
    // Behind the first call a chain, and beside it a long call and two short ones.
    LanePlan.Task[] tasks = {
      task(1), task(30, 0), task(20, 0), task(2, 0), task(2, 0), task(1, 1, 2, 3, 4)
    };
    LanePlan four = plan(4, tasks);
    assertEquals(List.of(0, 0, 1, 2, 2, 0), lanes(four));
    LanePlan three = plan(3, tasks);
    assertEquals(List.of(0, 0, 1, 1, 1, 0), lanes(three), "the third lane is for updates");
    assertEquals(List.of(0, 0, 0, 0, 0, 0), lanes(plan(1, tasks)));
  }

  @Test
  void updatesHaveTheLastLane() {
    LanePlan.Task[] tasks = {task(1), task(30, 0), update(5, 0), task(5, 0), update(5, 1)};
    assertEquals(List.of(0, 0, 3, 1, 0), lanes(plan(4, tasks)));
    assertEquals(List.of(0, 0, 2, 1, 0), lanes(plan(3, tasks)));
    assertEquals(List.of(0, 0, 1, 1, 0), lanes(plan(2, tasks)));
  }

  @Test
  void whatALaneHasWaitedForIsNotWaitedForAgain() {
    // The last follows all; that the second has ended is known from the third.
    LanePlan plan = plan(4, task(9), task(1), task(1, 0, 1), task(9, 0), task(1, 1, 2, 3));
    assertEquals(List.of(0, 1, 1, 0, 0), lanes(plan));
    assertEquals(List.of(List.of(), List.of(), List.of(0), List.of(), List.of(2)), waits(plan));
    assertEquals(
        List.of(true, false, true, false, false),
        plan.places().stream().map(LanePlan.Place::awaited).toList());
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
  void everyConflictIsOrderedFromRunToRun() {
    Random random = new Random(5);
    for (int round = 0; round < 60; round++) {
      List<Call> calls = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        int out = random.nextInt(20);
        calls.add(product(20 + random.nextInt(20), random.nextInt(40), out + 20 * (i % 2)));
      }
      int repeats = 1 + round % 4;
      List<LanePlan.Task> tasks = new ArrayList<>();
      for (List<Integer> follows : Dependencies.of(calls, repeats)) {
        tasks.add(new LanePlan.Task(follows, 1 + random.nextInt(9), random.nextInt(5) == 0));
      }
      LanePlan plan = LanePlan.of(tasks, LaneOptions.DEFAULT.withCount(1 + round % 5), 1.2);
      List<BitSet> before = ordered(plan);
      int n = calls.size();
      for (int i = 0; i < n * repeats; i++) {
        for (int j = 0; j < i; j++) {
          if (conflict(calls.get(i % n), calls.get(j % n))) {
            assertTrue(before.get(i).get(j), i + " after " + j + " in " + plan);
          }
        }
      }
    }
  }

  // What lanes and waits alone make sure of.
  private static List<BitSet> ordered(LanePlan plan) {
    List<BitSet> before = new ArrayList<>();
    int[] last = new int[plan.lanes().count()];
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
