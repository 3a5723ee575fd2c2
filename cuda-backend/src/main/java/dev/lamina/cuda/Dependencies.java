package dev.lamina.cuda;

import dev.lamina.backend.Call;
import dev.lamina.backend.Operand;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Which calls have to wait for which: for each call the earlier ones that it must directly follow,
 * because one of both writes memory that the other reads or writes. What follows from other waits
 * is left out.
 */
final class Dependencies {
  private Dependencies() {}

  /** For each call the positions of those that it directly follows, ascending. */
  static List<List<Integer>> of(List<Call> calls) {
    List<Accesses> accesses = calls.stream().map(Accesses::of).toList();
    List<BitSet> ancestors = new ArrayList<>();
    List<List<Integer>> result = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      BitSet reached = new BitSet(i);
      List<Integer> direct = new ArrayList<>();
      for (int j = i - 1; j >= 0; j--) {
        if (!reached.get(j) && accesses.get(i).conflicts(accesses.get(j))) {
          direct.addFirst(j);
          reached.set(j);
          reached.or(ancestors.get(j));
        }
      }
      ancestors.add(reached);
      result.add(List.copyOf(direct));
    }
    return result;
  }

  /**
   * The same for calls that run so many times in a row. A call follows only calls of its own run
   * and of the run before it: what came earlier has ended, since each call follows itself.
   */
  static List<List<Integer>> of(List<Call> calls, int repeats) {
    List<List<Integer>> once = of(calls);
    if (repeats == 1) {
      return once;
    }
    List<Call> twice = new ArrayList<>(calls);
    twice.addAll(calls);
    int n = calls.size();
    List<List<Integer>> again = of(twice).subList(n, 2 * n);
    List<List<Integer>> result = new ArrayList<>(once);
    for (int r = 1; r < repeats; r++) {
      int shift = (r - 1) * n;
      again.forEach(follows -> result.add(follows.stream().map(j -> j + shift).toList()));
    }
    return result;
  }

  private record Accesses(List<Operand> reads, List<Operand> writes) {
    static Accesses of(Call call) {
      List<Operand> writes = new ArrayList<>(call.outputs());
      for (int input : call.op().updates()) {
        writes.add(call.inputs().get(input));
      }
      return new Accesses(call.inputs(), writes);
    }

    boolean conflicts(Accesses earlier) {
      return overlap(writes, earlier.writes)
          || overlap(writes, earlier.reads)
          || overlap(reads, earlier.writes);
    }

    private static boolean overlap(List<Operand> some, List<Operand> others) {
      for (Operand a : some) {
        for (Operand b : others) {
          if (a.overlaps(b)) {
            return true;
          }
        }
      }
      return false;
    }
  }
}
