package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.cuda.CapturedNodes.Captured;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nodes run when those before them have ended, and share the device with those beside them. */
class SimulationTest {
  private static final CostModel H200 = CostModel.H200;

  /** A kernel that takes the least time. */
  private static final CostModel.Demand SMALL = H200.kernel(0, 1);

  /** A product that takes a millisecond and all of the device. */
  private static final CostModel.Demand LARGE = new CostModel.Demand(true, 735e9, 735e12, 0, 132);

  /** A kernel that takes a millisecond and all of the memory's bandwidth. */
  private static final CostModel.Demand MOVING = H200.kernel(4e9, 4096);

  private final List<Captured> nodes = new ArrayList<>();

  private void add(CostModel.Demand demand, Integer... after) {
    nodes.add(new Captured(new Node("x", demand), nodes.size(), 0, List.of(after)));
  }

  private double[] starts(boolean shared) {
    return Simulation.of(H200, nodes, shared).nodes().stream()
        .mapToDouble(Timeline.Entry::start)
        .toArray();
  }

  private double[] ends(boolean shared) {
    return Simulation.of(H200, nodes, shared).nodes().stream()
        .mapToDouble(Timeline.Entry::end)
        .toArray();
  }

  @Test
  void aNodeStartsAnEdgeAfterTheLastOfThoseItFollows() {
    add(SMALL);
    add(LARGE);
    add(SMALL, 0);
    add(SMALL, 1, 2);
    for (boolean shared : new boolean[] {false, true}) {
      assertArrayEquals(new double[] {0, 0, 3.2e-6, 1001.2e-6}, starts(shared), 3e-7);
    }
    Timeline timeline = Simulation.of(H200, nodes, false);
    assertEquals(List.of(1, 3), timeline.chain());
    assertEquals(3, timeline.edges());
    assertEquals(4, timeline.count());
    assertEquals(1, timeline.products());
    assertEquals(1003.2e-6, timeline.seconds(), 1e-12);
  }

  @Test
  void whatWantsAllOfTheDeviceGetsHalfOfIt() {
    add(LARGE);
    add(LARGE);
    assertArrayEquals(new double[] {1e-3, 1e-3}, ends(false), 1e-12);
    assertArrayEquals(new double[] {2e-3, 2e-3}, ends(true), 1e-12);
  }

  @Test
  void whatWantsLittleIsNotSlowed() {
    add(LARGE);
    add(MOVING);
    add(SMALL);
    double[] ends = ends(true);
    assertEquals(2e-6, ends[2], 1e-12);
    // Product and kernel want different things, but both all multiprocessors.
    assertEquals(2e-3, ends[0], 1e-5);
    assertEquals(2e-3, ends[1], 1e-5);
  }

  @Test
  void blocksAreNotInterrupted() {
    // A kernel of 66 blocks keeps half of the multiprocessors; the product has the others.
    CostModel.Demand half = H200.kernel(66 * 45e9 * 1e-3, 66);
    add(half);
    add(LARGE);
    assertArrayEquals(new double[] {1e-3, 1.5e-3}, ends(true), 1e-5);
  }

  @Test
  void sharesAreTakenByTurns() {
    assertArrayEquals(
        new double[] {0.1, 0.45, 0.45},
        Simulation.shares(new double[] {0.1, 1, 0.5}, new int[3]),
        1e-12);
    assertArrayEquals(
        new double[] {0.4, 0.6, 0},
        Simulation.shares(new double[] {0.4, 1, 1}, new int[] {0, 1, 2}),
        1e-12);
  }
}
